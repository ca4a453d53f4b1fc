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

    /**
     * Entries of the application from an LSN on, from this replica's own log; only what is committed and applied here. Answers at
     * once where there are some, else as soon as the first is applied, and with none once {@code wait} is over.
     *
     * @param from at least 1
     * @return fails with {@link LogTruncatedException} if entries from there on are not kept any more, with {@link
     *     ReadUnavailableException} if the replica is closed or answers as many such calls as it may
     */
    CompletableFuture<LogSlice> tail(Lsn from, SliceLimits limits, Duration wait);

    LogStatus status();

    Membership membership();

    /** Stops serving: what was not handed to consensus is rejected, what was is awaited for a bounded time. */
    @Override
    void close();
}
