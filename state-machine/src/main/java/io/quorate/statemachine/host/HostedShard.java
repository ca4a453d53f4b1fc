package io.quorate.statemachine.host;

import io.quorate.statemachine.store.StateDigest;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.ReplicatedLog;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A shard's replica on this node: its log, and the application that the log drives. Thread-safe. */
public interface HostedShard extends ReplicatedLog {
    /**
     * Asks the application, at the consistency asked for.
     *
     * @return fails with {@link io.quorate.wal.log.ReadUnavailableException} if the consistency cannot be had in time, with
     *     {@link IllegalArgumentException} if the application refuses the query as malformed
     */
    CompletableFuture<QueryResult> query(Bytes query, ReadConsistency consistency, Duration timeout);

    /** Fingerprint of the state as it is now; reads all of it. */
    CompletableFuture<StateDigest> digest();

    /** Makes a checkpoint and lets the consensus log behind it go; completes with the LSN that is durable then. */
    CompletableFuture<Lsn> checkpoint(Duration timeout);
}
