package io.quorate.statemachine.replica;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.store.BatchTransaction;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.statemachine.store.StateStore;
import io.quorate.wal.apply.AgreedVersions;
import io.quorate.wal.apply.BatchSequencer;
import io.quorate.wal.apply.SessionLimits;
import io.quorate.wal.apply.WriterSessions;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogVersions;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.VersionSupport;
import java.util.List;

/**
 * Applies committed batches to a store through the user's function. Many batches may be gathered before one {@link #commit}
 * writes their data, sessions and position atomically.
 *
 * <p>Invariant: the store holds the state after exactly the batches up to its position. Not thread-safe: owned by the thread
 * that applies. After an exception this object must be discarded, and the store with it.
 */
public final class ReplicaStateMachine {
    private final StateStore store;
    private final Application application;
    private final WriterSessions sessions;
    private final AgreedVersions versions;
    private final EntryVerdicts verdicts;
    private final BatchSequencer sequencer;
    private StateBatch batch;
    private BatchTransaction transaction;
    private Position position;

    /** Continues from the position of the store, for a log that begins with {@link LogVersions#FIRST}. */
    public ReplicaStateMachine(StateStore store, Application application, SessionLimits limits) {
        this(store, application, limits, LogVersions.FIRST, EntryVerdicts.NONE);
    }

    /**
     * Continues from the position of the store. Whether its versions are supported shows at {@link #checkVersions} or at the
     * first batch.
     *
     * @param first what the log begins with
     * @param verdicts asked for every entry of the application
     */
    public ReplicaStateMachine(
            StateStore store,
            Application application,
            SessionLimits limits,
            LogVersions first,
            EntryVerdicts verdicts) {
        this.verdicts = verdicts;
        this.store = store;
        this.application = application;
        this.position = store.position();
        this.sessions = StoredSessions.load(store, limits);
        this.versions = StoredVersions.load(store, application, first);
        this.sequencer = new BatchSequencer(sessions, versions, position.lsn(), position.clusterTimeMillis());
        begin();
    }

    private void begin() {
        batch = new StateBatch();
        transaction = new BatchTransaction(store.view(Keyspace.USER), batch, Keyspace.USER, () -> versions.current()
                .applyVersion());
    }

    /** What an application can apply in this build. */
    public static VersionSupport supportOf(Application application) {
        return StoredVersions.supportOf(application);
    }

    /** The versions in force after the last batch applied. */
    public LogVersions versions() {
        return versions.current();
    }

    /** @throws io.quorate.wal.log.UnsupportedVersionException if the state is of versions that this replica does not have */
    public void checkVersions() {
        versions.check();
    }

    /** @throws SkippedEntryAppliedException if the state holds the effect of an entry that is to be skipped */
    public void checkSkips() {
        for (Lsn lsn : verdicts.skippedUpTo(position.lsn())) {
            if (!wasSkipped(lsn)) {
                throw new SkippedEntryAppliedException(lsn);
            }
        }
    }

    /** Position after the last batch applied, committed to the store or not. */
    public Position position() {
        return position;
    }

    /** Bytes gathered for the next {@link #commit}. */
    public long pendingBytes() {
        return batch.bytes();
    }

    /**
     * Applies a committed batch; a batch at or below the applied index is skipped.
     *
     * @return outcome of each record, in order; empty if skipped
     * @throws ApplyFailedException if the application failed at an entry; says at which
     * @throws EntryHeldException if an entry must wait for an operator's word
     * @throws io.quorate.wal.log.UnsupportedVersionException if the log asks for versions that this replica does not have
     */
    public List<AppendOutcome> apply(long term, long index, EntryBatch entries) {
        if (index <= position.index()) {
            return List.of();
        }
        List<AppendOutcome> outcomes = sequencer.apply(entries, term, this::applyEntry);
        position = new Position(sequencer.applied(), term, index, sequencer.clusterTimeMillis());
        return outcomes;
    }

    private ApplyResult applyEntry(LogEntry entry) {
        if (verdicts.isSkipped(entry)) {
            StoredSkips.add(entry, batch);
            return ApplyResult.SKIPPED;
        }
        transaction.savepoint();
        ApplyResult result;
        try {
            result = application.apply(entry, transaction);
        } catch (RuntimeException | Error e) { // of the application
            throw new ApplyFailedException(application.name(), entry, e);
        }
        if (result.refused()) {
            transaction.rollback();
        }
        return result;
    }

    /** Writer sessions that are open after the last batch applied. */
    public int openSessions() {
        return sessions.size();
    }

    /** True if the state holds that an entry was skipped. */
    public boolean wasSkipped(Lsn lsn) {
        return StoredSkips.contains(store, lsn);
    }

    /** Notes a consensus entry that carries no batch, so that the position does not lag behind it. */
    public void skip(long term, long index) {
        if (index > position.index()) {
            position = new Position(position.lsn(), term, index, position.clusterTimeMillis());
        }
    }

    /** Writes what was gathered, atomically with its position. */
    public void commit() {
        if (position.index() == store.position().index()) {
            return;
        }
        StoredSessions.drain(sessions, batch);
        StoredVersions.drain(versions, batch);
        store.write(batch, position);
        begin();
    }
}
