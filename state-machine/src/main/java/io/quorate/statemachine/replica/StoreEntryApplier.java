package io.quorate.statemachine.replica;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.store.BatchTransaction;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.statemachine.store.StateStore;
import io.quorate.wal.apply.AgreedVersions;
import io.quorate.wal.apply.BatchSequencer;
import io.quorate.wal.apply.LsnGate;
import io.quorate.wal.apply.SessionLimits;
import io.quorate.wal.apply.WriterSessions;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryApplier;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogVersions;
import io.quorate.wal.log.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Applies entries that have their LSN (shipped, restored, or from a mode that numbers before it applies) to a store through the
 * user's function.
 *
 * <p>Guarantees: an entry at or below the applied LSN is a no-op; a gap or a second history is refused before anything changes; the
 * new entries of a list, their writer sessions, the checksums by which repetitions are known and the position land in one store
 * batch, so that a crash leaves all of a list or nothing. The consensus term and index of the position are left as they are: these
 * entries did not come by this replica's consensus group.
 *
 * <p>Not thread-safe: one thread at a time. When the application or the store has failed, every further call fails likewise: reopen
 * the store and make a new applier.
 */
public final class StoreEntryApplier implements EntryApplier {
    private static final Bytes CHECKSUMS_KEY = Bytes.utf8("lsn-checksums");

    /** As many checksums are kept over a restart; more are kept in memory. */
    private static final int STORED_CHECKSUMS = 256;

    private final StateStore store;
    private final Application application;
    private final LsnGate gate;
    private final WriterSessions sessions;
    private final AgreedVersions versions;
    private final BatchSequencer sequencer;
    private Position position;
    private Throwable failure;

    /** Continues from the position of the store, for a log that begins with {@link LogVersions#FIRST}. */
    public StoreEntryApplier(StateStore store, Application application, SessionLimits limits) {
        this(store, application, limits, LogVersions.FIRST);
    }

    /**
     * Continues from the position of the store.
     *
     * @param first what the log begins with
     * @throws io.quorate.wal.log.CorruptFormatException if what the store holds of sessions or checksums is damaged
     */
    public StoreEntryApplier(StateStore store, Application application, SessionLimits limits, LogVersions first) {
        this.store = store;
        this.application = application;
        this.position = store.position();
        this.gate = openGate(store);
        this.sessions = StoredSessions.load(store, limits);
        this.versions = StoredVersions.load(store, application, first);
        this.sequencer = new BatchSequencer(sessions, versions, position.lsn(), position.clusterTimeMillis());
    }

    private static LsnGate openGate(StateStore store) {
        Lsn applied = store.position().lsn();
        Optional<Bytes> checksums = store.view(Keyspace.SYSTEM).get(CHECKSUMS_KEY);
        return checksums.map(stored -> new LsnGate(applied, stored)).orElseGet(() -> new LsnGate(applied));
    }

    @Override
    public Lsn appliedLsn() {
        return position.lsn();
    }

    /**
     * {@inheritDoc}
     *
     * @throws ApplyFailedException if the application failed at an entry; nothing was applied, and this applier has stopped
     * @throws io.quorate.statemachine.store.StateStoreException if the store failed; this applier has stopped
     */
    @Override
    public List<ApplyResult> apply(List<LogEntry> entries) {
        if (failure != null) {
            throw new IllegalStateException("applier stopped at lsn " + position.lsn() + ": " + failure, failure);
        }
        List<LogEntry> fresh = gate.fresh(entries);
        if (fresh.isEmpty()) {
            return List.of();
        }
        try {
            return applyFresh(fresh);
        } catch (RuntimeException | Error e) { // whatever it was: sessions and store may differ now
            failure = e;
            throw e;
        }
    }

    private List<ApplyResult> applyFresh(List<LogEntry> fresh) {
        StateBatch batch = new StateBatch();
        BatchTransaction transaction =
                new BatchTransaction(store.view(Keyspace.USER), batch, Keyspace.USER, () -> versions.current()
                        .applyVersion());
        List<ApplyResult> results = new ArrayList<>(fresh.size());
        for (LogEntry entry : fresh) {
            results.add(sequencer.replay(entry, user -> applyUser(user, transaction)));
            gate.enter(entry);
        }
        StoredSessions.drain(sessions, batch);
        StoredVersions.drain(versions, batch);
        batch.put(Keyspace.SYSTEM, CHECKSUMS_KEY, gate.encodeLatest(STORED_CHECKSUMS));
        Position reached =
                new Position(sequencer.applied(), position.term(), position.index(), sequencer.clusterTimeMillis());
        store.write(batch, reached);
        position = reached;
        return results;
    }

    private ApplyResult applyUser(LogEntry entry, BatchTransaction transaction) {
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
}
