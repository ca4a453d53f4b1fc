package io.quorate.statemachine.client;

import io.quorate.statemachine.host.QueryResult;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.WriteConcern;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A client's handle to one shard. Thread-safe, and cheap to keep.
 *
 * <p>All appends through it share one writer session. Until an append's deadline the client sends it again where it must, in that
 * session and with the same bytes, so that it is applied once, over failovers and restarts of nodes, too. That is all that is promised:
 * what a caller appends again is another append, and a client that was made anew, after a restart of its process for example, has
 * another session. Whoever repeats what ended as {@code Indeterminate}, or what it does not remember to have sent, needs commands for
 * which that is harmless: they set a value, or are done on a condition only that the first of them ends (a compare-and-set), or carry
 * an id of their own that the application keeps.
 *
 * <p>Appends of one thread are logged in the order in which it made them, as long as none is refused and sent again.
 *
 * <p>Futures are completed by the client's thread: what depends on them must not block there; use the {@code Async} variants for
 * what does.
 */
public interface ShardClient {
    ShardId id();

    /** The client's timeout where a call is given none. */
    Duration defaultTimeout();

    /** Appends with concern MAJORITY and the client's default timeout. */
    CompletableFuture<AppendOutcome> append(Bytes command);

    /**
     * Appends a command to the shard's log, and waits for it to be applied by the leader.
     *
     * @param timeout after which the answer is {@code Rejected(DEADLINE)} if it certainly was not logged, or {@code
     *     Rejected(QUEUE_FULL)} if the client had no room for it all the while, else {@code Indeterminate}; from 1 ms to 24 days
     * @return completes with the outcome, never exceptionally
     */
    CompletableFuture<AppendOutcome> append(Bytes command, WriteConcern concern, Duration timeout);

    /** Appends with concern MAJORITY and the client's default timeout, and waits for the outcome. */
    AppendOutcome appendAndWait(Bytes command);

    /**
     * Appends and waits for the outcome. A caller that is interrupted while it waits gets {@code Indeterminate} and stays
     * interrupted.
     *
     * @throws IllegalStateException on the client's own thread, which would wait for itself
     */
    AppendOutcome appendAndWait(Bytes command, WriteConcern concern, Duration timeout);

    /** Reads with the client's default timeout. */
    CompletableFuture<QueryResult> query(Bytes query, ReadConsistency consistency, ReadPreference preference);

    /**
     * Asks the application of a replica.
     *
     * @param timeout from 1 ms to 24 days
     * @return fails with {@link io.quorate.wal.log.ReadUnavailableException} if no replica that the preference allows gives the
     *     consistency in time, with {@link IllegalArgumentException} if the application refuses the query as malformed
     */
    CompletableFuture<QueryResult> query(
            Bytes query, ReadConsistency consistency, ReadPreference preference, Duration timeout);

    /**
     * Reads with the client's default timeout, and waits for the answer.
     *
     * @throws io.quorate.wal.log.ReadUnavailableException if no replica gives the consistency in time, or the caller is
     *     interrupted
     * @throws IllegalArgumentException if the application refuses the query as malformed
     * @throws IllegalStateException on the client's own thread, which would wait for itself
     */
    QueryResult queryAndWait(Bytes query, ReadConsistency consistency, ReadPreference preference);
}
