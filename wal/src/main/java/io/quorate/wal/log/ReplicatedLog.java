package io.quorate.wal.log;

import io.quorate.topology.ShardDescriptor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * One shard's log on this node, whatever mode replicates it. Thread-safe. Futures never complete exceptionally except for
 * bugs: every way an append can end is an {@link AppendOutcome}.
 */
public interface ReplicatedLog extends AutoCloseable {
    ShardDescriptor descriptor();

    Ordering ordering();

    /**
     * Appends one record.
     *
     * @param timeout after which the answer is {@code Rejected(DEADLINE)} if it was never handed to consensus, else {@code
     *     Indeterminate}; above zero
     */
    CompletableFuture<AppendOutcome> append(LogRecord record, WriteConcern concern, Duration timeout);

    /**
     * Completes with the LSN applied here once a local read has the consistency asked for.
     *
     * @return fails with {@link ReadUnavailableException} if that cannot be had within the timeout
     */
    CompletableFuture<Lsn> readBarrier(ReadConsistency consistency, Duration timeout);

    LogStatus status();

    Membership membership();

    /** Stops serving: what was not handed to consensus is rejected, what was is awaited for a bounded time. */
    @Override
    void close();
}
