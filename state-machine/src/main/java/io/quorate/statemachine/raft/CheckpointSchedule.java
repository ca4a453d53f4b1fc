package io.quorate.statemachine.raft;

import java.time.Duration;

/** Decides when one shard is checkpointed: after so many bytes, or after so long with any change. One at a time. Thread-safe. */
final class CheckpointSchedule {
    private final long intervalNanos;
    private final long bytes;
    private long lastNanos;
    private boolean running;

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
        boolean due = pendingBytes >= bytes || (pendingBytes > 0 && nowNanos - lastNanos >= intervalNanos);
        if (running || !due) {
            return false;
        }
        running = true;
        lastNanos = nowNanos;
        return true;
    }

    /** It was made, or failed: then it is due again at the next interval. */
    synchronized void finished() {
        running = false;
    }
}
