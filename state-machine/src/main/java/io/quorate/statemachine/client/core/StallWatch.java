package io.quorate.statemachine.client.core;

/** Notices that the leader owes answers and has given none for a while. */
final class StallWatch {
    private final long stallNanos;
    /** Attempts that the present leader has not answered. */
    private int open;
    /** When the present silence began, or was last noticed. */
    private long sinceNanos;

    StallWatch(long stallNanos) {
        this.stallNanos = stallNanos;
    }

    int open() {
        return open;
    }

    void sent(int count, long now) {
        if (open == 0) {
            sinceNanos = now;
        }
        open += count;
    }

    void answered(int count, long now) {
        // Attempts from before a change of leader may be answered too.
        open = Math.max(0, open - count);
        sinceNanos = now;
    }

    /** Another leader, or none: what is open elsewhere does not count. */
    void reset() {
        open = 0;
    }

    /** True once in every stall time of silence. */
    boolean due(long now) {
        if (open == 0 || now - sinceNanos < stallNanos) {
            return false;
        }
        sinceNanos = now;
        return true;
    }

    /** The earlier of a time and the next that is due. */
    long earlier(long otherNanos) {
        long at = sinceNanos + stallNanos;
        return open > 0 && at - otherNanos < 0 ? at : otherNanos;
    }
}
