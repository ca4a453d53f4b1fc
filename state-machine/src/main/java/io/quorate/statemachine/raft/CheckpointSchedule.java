package io.quorate.statemachine.raft;

import java.time.Duration;

/** Decides when one shard is checkpointed: after so many bytes, or after so long with any change. One at a time. Thread-safe. */
final class CheckpointSchedule {
    private static final Duration RETRY = Duration.ofSeconds(10);

    private final long intervalNanos;
    private final long bytes;
    private long lastNanos;
    private boolean running;
    private boolean failed;

    /** @param nowNanos the interval begins here */
    CheckpointSchedule(Duration interval, long bytes, long nowNanos) {
        this.intervalNanos = interval.toNanos();
        this.bytes = bytes;
        this.lastNanos = nowNanos;
    }

    /**
     * True if a checkpoint shall be made now; the caller then makes it and reports {@link #finished}.
     *
     * @param pendingBytes applied since the last checkpoint
     */
    synchronized boolean isDue(long pendingBytes, long nowNanos) {
        boolean mayTry = !failed || nowNanos - lastNanos >= Math.min(intervalNanos, RETRY.toNanos());
        boolean due = (pendingBytes >= bytes && mayTry) || (pendingBytes > 0 && nowNanos - lastNanos >= intervalNanos);
        if (running || !due) {
            return false;
        }
        running = true;
        lastNanos = nowNanos;
        return true;
    }

    /** It was made, or not: then the next one waits for ten seconds or the interval, however much is pending. */
    synchronized void finished(boolean made) {
        running = false;
        failed = !made;
    }
}
