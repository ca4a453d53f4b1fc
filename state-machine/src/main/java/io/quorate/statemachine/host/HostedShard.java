package io.quorate.statemachine.host;

import com.codahale.metrics.MetricRegistry;
import io.quorate.statemachine.store.StateDigest;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.LogVersions;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.ReplicatedLog;
import io.quorate.wal.log.WriteConcern;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A shard's replica on this node: its log, and the application that the log drives. Thread-safe. */
public interface HostedShard extends ReplicatedLog {
    /**
     * Appends a group of records in order, as if each were {@linkplain #append appended}, but waits with handing them on until
     * the whole group is queued, so that it shares consensus entries.
     */
    void appendAll(List<LogRecord> records, WriteConcern concern, Duration timeout, AppendListener listener);

    @Override
    default CompletableFuture<AppendOutcome> append(LogRecord record, WriteConcern concern, Duration timeout) {
        CompletableFuture<AppendOutcome> future = new CompletableFuture<>();
        appendAll(List.of(record), concern, timeout, (position, outcome) -> future.complete(outcome));
        return future;
    }

    /**
     * Asks the application, at the consistency asked for.
     *
     * @return fails with {@link io.quorate.wal.log.ReadUnavailableException} if the consistency cannot be had in time, with
     *     {@link IllegalArgumentException} if the application refuses the query as malformed
     */
    CompletableFuture<QueryResult> query(Bytes query, ReadConsistency consistency, Duration timeout);

    /** Fingerprint of the state as it is now; reads all of it. */
    CompletableFuture<StateDigest> digest();

    /** Asks every member which versions it can apply; members that do not answer are named. */
    CompletableFuture<VersionSurvey> surveyVersions();

    /**
     * Raises the versions by which entries are applied, on the leader: from the committed entry's LSN on, on every replica.
     *
     * @return {@code Rejected} if a member cannot apply them or does not answer, which the message names
     */
    CompletableFuture<AppendOutcome> raiseVersions(LogVersions wanted, Duration timeout);

    /** True if no append waits or is in flight here; for a moment, unless nobody appends any more. */
    boolean isIdle();

    /** What this replica measures of itself; names are read by {@link io.quorate.statemachine.metrics.MetricName#parse}. */
    MetricRegistry metrics();

    /** Makes a checkpoint and lets the consensus log behind it go; completes with the LSN that is durable then. */
    CompletableFuture<Lsn> checkpoint(Duration timeout);
}
