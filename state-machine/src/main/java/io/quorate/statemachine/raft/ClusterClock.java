package io.quorate.statemachine.raft;

import java.util.function.LongSupplier;

/**
 * Cluster time: the last committed one plus this leader's monotonic elapsed time since it began to lead. No jump of a wall clock
 * moves it, and it stands still without a leader. Only the first leader of a shard's life looks at its wall clock, to begin
 * somewhere. Not thread-safe: owned by the batcher's submitting thread.
 */
final class ClusterClock {
    private final LongSupplier committedMillis;
    private final LongSupplier nanoTime;
    private final LongSupplier wallMillis;
    private long term = -1;
    private long baseMillis;
    private long baseNanos;

    /** @param committedMillis cluster time of the last batch applied here, 0 before the first */
    ClusterClock(LongSupplier committedMillis, LongSupplier nanoTime, LongSupplier wallMillis) {
        this.committedMillis = committedMillis;
        this.nanoTime = nanoTime;
        this.wallMillis = wallMillis;
    }

    /** Time to stamp on a batch that is submitted in a term. */
    long now(long currentTerm) {
        if (currentTerm != term) {
            long committed = committedMillis.getAsLong();
            baseMillis = committed > 0 ? committed : Math.max(1, wallMillis.getAsLong());
            baseNanos = nanoTime.getAsLong();
            term = currentTerm;
        }
        return baseMillis + (nanoTime.getAsLong() - baseNanos) / 1_000_000;
    }
}
