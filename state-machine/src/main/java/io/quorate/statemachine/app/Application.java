package io.quorate.statemachine.app;

import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogEntry;

/**
 * The user's side of a shard. The same instance serves one replica of one shard.
 *
 * <p>Contract of {@link #apply}: a function of the entry and of what the transaction shows, and of nothing else: no clock (use
 * {@link LogEntry#timestampMillis()}), no randomness (use {@link LogEntry#random()}), no field that survives the call, no
 * iteration order of a hash map in a result. The test kit checks this.
 */
public interface Application {
    /** Name that shards ask for, for example {@code kv}: lower-case letters, digits and dashes. */
    String name();

    /**
     * Newest version of the apply function that this build has, from 1. Entries are applied by the version that the shard's log
     * agreed on, the same on every replica: {@link StateTransaction#applyVersion}.
     */
    int version();

    /**
     * Oldest version of the apply function that this build still has. To change what {@link #apply} does while the cluster
     * serves: raise {@link #version}, leave this where it was and do as before for entries of the old version, restart the
     * nodes one by one, then raise the shard's version. By default there is one version only.
     */
    default int oldestVersion() {
        return version();
    }

    /**
     * Applies one entry. Called by one thread at a time, in LSN order, each entry once in the life of a state.
     *
     * @return the answer; for {@link ApplyResult#refusal} the transaction's writes are dropped and the entry keeps its LSN
     * @throws RuntimeException for a bug or for broken data: this replica then stops at this LSN and says so; others go on
     */
    ApplyResult apply(LogEntry entry, StateTransaction transaction);

    /**
     * Answers a query; called by many threads at once.
     *
     * @param view the state at one LSN: entries that are applied meanwhile are not seen
     * @throws IllegalArgumentException if the query is malformed; its message goes to the client
     */
    Bytes query(Bytes query, StateView view);
}
