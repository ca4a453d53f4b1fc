package io.quorate.cli.bench.failover;

/** The longest time without an acknowledgement, from {@link #begin} on. Thread-safe; times by {@link System#nanoTime}. */
final class AckGap {
    private long last;
    private long longest;
    private long begun;
    private boolean acknowledgedSince;

    AckGap(long now) {
        this.last = now;
        this.begun = now;
    }

    /** Forgets earlier gaps; the one that is open goes on. */
    synchronized void begin(long now) {
        longest = 0;
        begun = now;
        acknowledgedSince = false;
    }

    /** What was sent so far may still be answered by the leader that is gone now: only what is sent from now on shows another one. */
    synchronized void disturbed(long now) {
        begun = now;
        acknowledgedSince = false;
    }

    /** @param sent when the request was sent that is acknowledged */
    synchronized void acknowledged(long sent, long now) {
        longest = Math.max(longest, now - last);
        last = now;
        acknowledgedSince |= sent - begun > 0;
    }

    /** True once a request that was sent after {@link #begin}, or {@link #disturbed} since, was acknowledged. */
    synchronized boolean isOver() {
        return acknowledgedSince;
    }

    /** The longest gap since {@link #begin}, one that is still open included, in nanoseconds. */
    synchronized long longest(long now) {
        return Math.max(longest, now - last);
    }
}
