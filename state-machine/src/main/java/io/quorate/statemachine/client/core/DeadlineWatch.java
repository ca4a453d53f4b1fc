package io.quorate.statemachine.client.core;

/**
 * Knows when the first of many deadlines can have passed, so that they need to be looked at only then. With equal timeouts that
 * is about once a timeout.
 */
final class DeadlineWatch {
    private boolean watching;
    private long earliestNanos;

    void watch(long deadlineNanos) {
        if (!watching || deadlineNanos - earliestNanos < 0) {
            watching = true;
            earliestNanos = deadlineNanos;
        }
    }

    /** True if a deadline may have passed; then all must be watched anew. */
    boolean due(long now) {
        if (watching && earliestNanos - now <= 0) {
            watching = false;
            return true;
        }
        return false;
    }

    /** The earlier of a time and the first deadline. */
    long earlier(long otherNanos) {
        return watching && earliestNanos - otherNanos < 0 ? earliestNanos : otherNanos;
    }
}
