package io.quorate.statemachine.raft;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.host.QueryResult;
import io.quorate.statemachine.replica.EntryVerdicts;
import io.quorate.statemachine.replica.ReplicaStateMachine;
import io.quorate.statemachine.replica.SkippedEntryAppliedException;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateDigest;
import io.quorate.statemachine.store.StateSnapshot;
import io.quorate.statemachine.store.StateStore;
import io.quorate.statemachine.store.StateStoreFactory;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.apply.SessionLimits;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.LogVersions;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.UnsupportedVersionException;
import io.quorate.wal.log.VersionSupport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.raftlog.RaftLog;

/**
 * What one replica has applied: the store and its checkpoints, how far it has come, and everything that looks at it. The live
 * database of an earlier run is never used: opening begins at the newest checkpoint, or at an empty state.
 *
 * <p>Threads: one thread at a time opens, applies and publishes; any thread reads, makes checkpoints and closes.
 */
final class AppliedState {
    private final ShardDescriptor descriptor;
    private final Application application;
    private final StateStoreFactory stores;
    private final Path live;
    private final EntryVerdicts verdicts;
    private final CheckpointStorage checkpoints = new CheckpointStorage();
    private final Watermark appliedIndex = new Watermark(RaftLog.INVALID_LOG_INDEX);
    private final Watermark appliedLsn = new Watermark(0);
    private final QuerySnapshots snapshots = new QuerySnapshots();
    private final AtomicLong bytesSinceCheckpoint = new AtomicLong();
    /** Held while a batch is applied, so that nothing is promised about an entry that is under way. */
    private final Object applying = new Object();
    /** Held for reading by those who use the store, for writing while it is replaced or closed. */
    private final ReentrantReadWriteLock storeLock = new ReentrantReadWriteLock();

    private volatile long clusterTimeMillis;
    private volatile int openSessions;
    private volatile LsnIndex lsnIndex = new LsnIndex(Position.START);
    private volatile LogVersions versions = LogVersions.FIRST;
    /** Why the state cannot be read although it is there: see {@link #unusable}. */
    private volatile Optional<String> unreadable = Optional.empty();
    /** Written before the first batch; an index that nothing above was applied here before the group was opened. */
    private long appliedBefore = RaftLog.INVALID_LOG_INDEX;

    private StateStore store;
    private ReplicaStateMachine replica;

    /** @param live directory for the running state; rebuilt at every opening */
    AppliedState(
            ShardDescriptor descriptor,
            Application application,
            StateStoreFactory stores,
            Path live,
            EntryVerdicts verdicts) {
        this.descriptor = descriptor;
        this.application = application;
        this.stores = stores;
        this.live = live;
        this.verdicts = verdicts;
    }

    ShardDescriptor descriptor() {
        return descriptor;
    }

    CheckpointStorage checkpoints() {
        return checkpoints;
    }

    /** @param index that nothing above was applied here before the group was opened */
    void wasAppliedBefore(long index) {
        appliedBefore = index;
    }

    /** Opens the newest checkpoint, or an empty state; in place of what was open. Says where it begins. */
    Position open() throws IOException {
        Position position;
        storeLock.writeLock().lock();
        try {
            if (store != null) {
                snapshots.drop();
                store.close();
            }
            Optional<CheckpointStorage.Checkpoint> newest = checkpoints.newest();
            store = stores.open(live, newest.map(CheckpointStorage.Checkpoint::directory));
            replica = new ReplicaStateMachine(
                    store,
                    application,
                    SessionLimits.FEATURE_LEVEL_1,
                    new LogVersions(1, descriptor.applyVersion()),
                    verdicts);
            position = replica.position();
            lsnIndex = new LsnIndex(position);
            if (newest.isPresent() && newest.get().termIndex().getIndex() != position.index()) {
                throw new IOException("checkpoint " + newest.get().directory() + " holds the state at index "
                        + position.index() + ", not at the index of its name");
            }
        } finally {
            storeLock.writeLock().unlock();
        }
        publish();
        return position;
    }

    /**
     * The state may be of versions that this replica does not have, or hold the effect of an entry that all others skip: says so, and
     * nothing can be read from it then.
     */
    Optional<RuntimeException> unusable() {
        try {
            replica.checkVersions();
            replica.checkSkips();
            unreadable = Optional.empty();
            return Optional.empty();
        } catch (UnsupportedVersionException | SkippedEntryAppliedException e) {
            unreadable = Optional.of(e.getMessage());
            return Optional.of(e);
        }
    }

    /** Where it has come, as the thread sees it that applies; others go by {@link #appliedIndex} and {@link #appliedLsn}. */
    Position position() {
        return replica.position();
    }

    /**
     * Applies an entry, in one batch of the store. Whoever waits hears of it at {@link #publish}.
     *
     * @param batchBytes length of the entry in the log
     */
    List<AppendOutcome> apply(long term, long index, EntryBatch batch, int batchBytes) {
        List<AppendOutcome> outcomes;
        Position before = replica.position();
        synchronized (applying) {
            outcomes = replica.apply(term, index, batch);
            replica.commit();
        }
        lsnIndex.applied(before, replica.position(), outcomes, batchBytes);
        bytesSinceCheckpoint.addAndGet(batchBytes);
        return outcomes;
    }

    /** @throws CorruptFormatException if it is no batch of this shard, in this life */
    EntryBatch decode(LogEntryProto entry) {
        Bytes data = Bytes.wrap(entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer());
        EntryBatch batch = EntryBatch.decode(data);
        ShardDescriptor own = descriptor;
        if (!batch.cluster().equals(own.cluster()) || !batch.generation().equals(own.generation())) {
            throw new CorruptFormatException("entry " + entry.getIndex() + " is of cluster " + batch.cluster()
                    + " generation " + batch.generation() + ", this is " + own.cluster() + " generation "
                    + own.generation());
        }
        return batch;
    }

    /** Moves on over an entry that is not the application's. */
    void skip(long term, long index) {
        replica.skip(term, index);
    }

    /** Tells where it has come: completes what waits for it, in this thread. */
    void publish() {
        clusterTimeMillis = replica.position().clusterTimeMillis();
        versions = replica.versions();
        openSessions = replica.openSessions();
        appliedLsn.advance(replica.position().lsn().value());
        appliedIndex.advance(replica.position().index());
    }

    /**
     * Makes a checkpoint while the state goes on.
     *
     * @param allowed asked while none can be replaced; false refuses
     * @return what is durable afterwards; index -1 if nothing was applied yet
     */
    Position checkpoint(BooleanSupplier allowed) throws IOException {
        storeLock.readLock().lock();
        try {
            synchronized (checkpoints) {
                if (!allowed.getAsBoolean()) {
                    throw new IOException("a snapshot takes the place of the checkpoints just now; try again");
                }
                long covered = bytesSinceCheckpoint.get();
                if (openStoreOrFail().position().index() < 0) {
                    return store.position();
                }
                Path staging = checkpoints.prepareStaging();
                Position position = store.checkpoint(staging);
                lsnIndex.note(position);
                checkpoints.publish(staging, position);
                bytesSinceCheckpoint.addAndGet(-covered);
                return position;
            }
        } finally {
            storeLock.readLock().unlock();
        }
    }

    /** Runs something while no checkpoint is made. */
    void betweenCheckpoints(Runnable action) {
        synchronized (checkpoints) {
            action.run();
        }
    }

    /** Looks or marks while no batch is being applied. */
    interface BetweenBatches<T> {
        /** @param appliedBefore index that nothing above was applied here before the last restart */
        T run(ReplicaStateMachine replica, long appliedBefore) throws IOException;
    }

    <T> T betweenBatches(BetweenBatches<T> action) throws IOException {
        storeLock.readLock().lock();
        try {
            openStoreOrFail();
            synchronized (applying) {
                return action.run(replica, appliedBefore);
            }
        } finally {
            storeLock.readLock().unlock();
        }
    }

    /** Answers a query from one state, at or behind all that was applied before the call, and says from which. */
    QueryResult query(Bytes query) {
        storeLock.readLock().lock();
        try (QuerySnapshots.Lease lease = snapshots.lease(openStoreOrFail())) {
            return new QueryResult(lease.position().lsn(), application.query(query, lease.view()));
        } finally {
            storeLock.readLock().unlock();
        }
    }

    /** Called every few milliseconds: what a query read from must not keep overwritten data for long. */
    void dropOutdatedSnapshot() {
        if (storeLock.readLock().tryLock()) {
            try {
                if (store != null) {
                    snapshots.dropOutdated(store);
                }
            } finally {
                storeLock.readLock().unlock();
            }
        }
    }

    StateDigest digest() {
        storeLock.readLock().lock();
        try (StateSnapshot snapshot = openStoreOrFail().snapshot()) {
            return StateDigest.of(snapshot);
        } finally {
            storeLock.readLock().unlock();
        }
    }

    private StateStore openStoreOrFail() {
        if (unreadable.isPresent()) {
            throw new ReadUnavailableException(RejectReason.UNAVAILABLE, unreadable.get());
        }
        if (store == null) {
            throw new ReadUnavailableException(RejectReason.UNAVAILABLE, "the replica is closed");
        }
        return store;
    }

    Watermark appliedIndex() {
        return appliedIndex;
    }

    Watermark appliedLsn() {
        return appliedLsn;
    }

    /** Writer sessions that are open now. */
    int openSessions() {
        return openSessions;
    }

    /** Where LSNs lie in the Raft log; another one after a snapshot was installed. */
    LsnIndex lsnIndex() {
        return lsnIndex;
    }

    /** By which entries are applied now. */
    LogVersions versions() {
        return versions;
    }

    /** What this replica can apply. */
    VersionSupport support() {
        return ReplicaStateMachine.supportOf(application);
    }

    /** Cluster time of the last batch applied, in milliseconds. */
    long clusterTimeMillis() {
        return clusterTimeMillis;
    }

    /** Bytes of entries applied since the last checkpoint. */
    long bytesSinceCheckpoint() {
        return bytesSinceCheckpoint.get();
    }

    /** Ends all waiting, and all reading once what reads now has ended. */
    void close() {
        storeLock.writeLock().lock();
        try {
            if (store != null) {
                snapshots.drop();
                store.close();
                store = null;
            }
        } finally {
            storeLock.writeLock().unlock();
        }
        ReadUnavailableException closed = new ReadUnavailableException(RejectReason.UNAVAILABLE, "the replica closed");
        appliedIndex.fail(closed);
        appliedLsn.fail(closed);
    }
}
