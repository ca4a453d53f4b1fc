package io.quorate.statemachine.raft;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides when a shard is checkpointed: after so many bytes, or after so long with any change. One at a time per shard. */
final class Checkpointer {
    private static final Logger log = LoggerFactory.getLogger(Checkpointer.class);

    /** Progress of one shard. */
    private static final class Progress {
        private long lastNanos;
        private boolean running;
    }

    private final long intervalNanos;
    private final long bytes;
    private final Map<RatisShard, Progress> progress = new ConcurrentHashMap<>();

    Checkpointer(Duration interval, long bytes) {
        this.intervalNanos = interval.toNanos();
        this.bytes = bytes;
    }

    /** True if a checkpoint shall be made now; the caller then makes it and reports {@link #finished}. */
    boolean isDue(RatisShard shard, long nowNanos) {
        Progress known = progress.computeIfAbsent(shard, key -> {
            Progress fresh = new Progress();
            fresh.lastNanos = nowNanos;
            return fresh;
        });
        synchronized (known) {
            long pending = shard.bytesSinceCheckpoint();
            boolean due = pending >= bytes || (pending > 0 && nowNanos - known.lastNanos >= intervalNanos);
            if (known.running || !due) {
                return false;
            }
            known.running = true;
            known.lastNanos = nowNanos;
            return true;
        }
    }

    void finished(RatisShard shard, Throwable failure) {
        if (failure != null) {
            log.warn(
                    "[{}] checkpoint failed; tried again later",
                    shard.descriptor().shard(),
                    failure);
        }
        Progress known = progress.get(shard);
        synchronized (known) {
            known.running = false;
        }
    }
}
