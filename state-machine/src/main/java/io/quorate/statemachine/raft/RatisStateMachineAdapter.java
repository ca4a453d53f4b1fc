package io.quorate.statemachine.raft;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.host.QueryResult;
import io.quorate.statemachine.raft.sync.RaftSync;
import io.quorate.statemachine.replica.EntryVerdicts;
import io.quorate.statemachine.replica.ReplicaStateMachine;
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
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thin: turns Ratis' calls into batches for a {@link ReplicaStateMachine} and its answers into outcomes for those who wait.
 *
 * <p>Threads: Ratis' updater thread of the group applies, checkpoints' publication and reloads; any thread reads. An exception or
 * error in apply parks the replica at that entry: nothing is thrown into Ratis (which would close the division), nothing further is
 * applied, waiting clients end by their deadlines, health says where and why. That goes for an {@link OutOfMemoryError}, too: how far
 * the application came is not known then, but nothing of it was written; a process that should rather end at one says so to its JVM
 * ({@code -XX:+ExitOnOutOfMemoryError}).
 *
 * <p>A parked replica goes on at a restart, which tries the entry again, or once it has received a snapshot beyond it.
 */
class RatisStateMachineAdapter extends BaseStateMachine {
    private static final Logger log = LoggerFactory.getLogger(RatisStateMachineAdapter.class);
    private static final CompletableFuture<Message> DONE = CompletableFuture.completedFuture(Message.EMPTY);

    /** The shard's side of what happens in its group. Called on Ratis' threads; must not block. */
    interface Listener {
        /** A batch that was submitted here is committed, applied and readable. */
        void committed(PendingBatch batch, List<AppendOutcome> outcomes, long term, long index);

        /** A batch was applied and is in the store, whoever submitted it. */
        default void applied(long nanos) {}

        /** This replica leads and has applied what earlier leaders committed. */
        void leaderReady();

        /** This replica does not lead (any more). */
        void leaderLost();

        /** This replica applies or logs nothing any more: it must not lead. */
        void parked();

        /** This replica was parked and applies again: it may lead. */
        void healed();
    }

    private final ShardDescriptor descriptor;
    private final Application application;
    private final StateStoreFactory stores;
    private final SessionLimits limits;
    private final Path live;
    private final CheckpointStorage checkpoints;
    private final Watermark appliedIndex = new Watermark(RaftLog.INVALID_LOG_INDEX);
    private final Watermark appliedLsn = new Watermark(0);
    private final ReplicaHealth health;
    private final RaftSync sync;
    private final EntryVerdicts verdicts;
    /** Held while a batch is applied, so that nothing is promised about an entry that is under way. */
    private final Object applying = new Object();

    private Listener listener;
    /** Held for reading by those who use the store, for writing while it is replaced or closed. */
    private final ReentrantReadWriteLock storeLock = new ReentrantReadWriteLock();

    private final AtomicLong bytesSinceCheckpoint = new AtomicLong();
    private volatile long clusterTimeMillis;
    private volatile int openSessions;
    private volatile LsnIndex lsnIndex = new LsnIndex(Position.START);
    private volatile LogVersions versions = LogVersions.FIRST;
    /** Why the state cannot be read although it is there: a checkpoint of versions that this replica does not have. */
    private volatile Optional<String> unreadable = Optional.empty();

    private final QuerySnapshots snapshots = new QuerySnapshots();
    private GroupDurability durability;
    private StateStore store;
    private ReplicaStateMachine replica;

    RatisStateMachineAdapter(
            ShardDescriptor descriptor,
            Application application,
            StateStoreFactory stores,
            SessionLimits limits,
            Path live,
            ReplicaHealth health,
            RaftSync sync,
            EntryVerdicts verdicts) {
        this.verdicts = verdicts;
        this.descriptor = descriptor;
        this.application = application;
        this.stores = stores;
        this.limits = limits;
        this.live = live;
        this.checkpoints = new CheckpointStorage();
        this.health = health;
        this.sync = sync;
    }

    /** Sets who hears of events; before Ratis sees this machine. */
    void listen(Listener events) {
        listener = events;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage storage) throws IOException {
        super.initialize(server, groupId, storage);
        getLifeCycle().transition(LifeCycle.State.STARTING);
        durability = new GroupDurability(sync, groupId, storage, server.getProperties());
        durability
                .group()
                .watchFlushIndex(new RaftView(() -> server, groupId, durability.log()::truncations)::flushIndex);
        try {
            checkpoints.init(storage);
            openStore();
        } catch (IOException | RuntimeException e) {
            durability.close(); // Ratis closes neither the machine nor the storage of a group that it could not open
            storage.close();
            throw e;
        }
        parkIfUnsupported();
        getLifeCycle().transition(LifeCycle.State.RUNNING);
    }

    /** Opens the newest checkpoint, or an empty state. The live database of an earlier run is never used. */
    private void openStore() throws IOException {
        storeLock.writeLock().lock();
        try {
            if (store != null) {
                snapshots.drop();
                store.close();
            }
            Optional<CheckpointStorage.Checkpoint> newest = checkpoints.newest();
            store = stores.open(live, newest.map(CheckpointStorage.Checkpoint::directory));
            replica = new ReplicaStateMachine(
                    store, application, limits, new LogVersions(1, descriptor.applyVersion()), verdicts);
            Position position = replica.position();
            lsnIndex = new LsnIndex(position);
            if (newest.isPresent() && newest.get().termIndex().getIndex() != position.index()) {
                throw new IOException("checkpoint " + newest.get().directory() + " holds the state at index "
                        + position.index() + ", not at the index of its name");
            }
            setLastAppliedTermIndex(TermIndex.valueOf(position.term(), position.index()));
            log.info(
                    "[{}/{}] opened at lsn {} index {}", getId(), descriptor.shard(), position.lsn(), position.index());
        } finally {
            storeLock.writeLock().unlock();
        }
        publishPosition();
    }

    private void publishPosition() {
        clusterTimeMillis = replica.position().clusterTimeMillis();
        versions = replica.versions();
        openSessions = replica.openSessions();
        appliedLsn.advance(replica.position().lsn().value());
        appliedIndex.advance(replica.position().index());
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
        if (!(request.getMessage() instanceof PendingBatch batch)) {
            throw new StateMachineException(
                    "shard " + descriptor.shard() + " takes appends through Quorate's own service only", null, false);
        }
        return TransactionContext.newBuilder()
                .setStateMachine(this)
                .setClientRequest(request)
                .setStateMachineContext(batch)
                .build();
    }

    @Override
    public TransactionContext preAppendTransaction(TransactionContext transaction) throws StateMachineException {
        if (transaction.getStateMachineContext() instanceof PendingBatch batch && !batch.markHandedOver(transaction)) {
            throw new StateMachineException(
                    "a batch of shard " + descriptor.shard() + " was rejected before it came here", null, false);
        }
        return transaction;
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        if (entry.getIndex() <= replica.position().index()) {
            return DONE;
        }
        if (health.awaitUnparked(() -> isSuperseded(entry.getIndex()))) {
            return DONE; // nothing is applied any more, or a snapshot covers it; nobody is answered from here
        }
        PendingBatch pending = transaction.getStateMachineContext() instanceof PendingBatch batch ? batch : null;
        try {
            EntryBatch batch = pending != null ? pending.batch() : decode(entry);
            long began = System.nanoTime();
            List<AppendOutcome> outcomes;
            Position before = replica.position();
            synchronized (applying) {
                outcomes = replica.apply(entry.getTerm(), entry.getIndex(), batch);
            }
            replica.commit();
            int batchBytes = entry.getStateMachineLogEntry().getLogData().size();
            lsnIndex.applied(before, replica.position(), outcomes, batchBytes);
            bytesSinceCheckpoint.addAndGet(batchBytes);
            setLastAppliedTermIndex(TermIndex.valueOf(entry.getTerm(), entry.getIndex()));
            publishPosition();
            durability.applied(entry.getIndex());
            listener.applied(System.nanoTime() - began);
            if (pending != null) {
                pending.markApplied();
                listener.committed(pending, outcomes, entry.getTerm(), entry.getIndex());
            }
            return reply(outcomes);
        } catch (RuntimeException | IOException | Error e) {
            health.park(replica.position().lsn(), entry.getIndex(), e);
            log.error(
                    "[{}/{}] parked: cannot apply entry {} behind lsn {}; this replica stops applying, others go on",
                    getId(),
                    descriptor.shard(),
                    entry.getIndex(),
                    replica.position().lsn(),
                    e);
            listener.parked();
        }
        return DONE;
    }

    /**
     * True once a received snapshot that covers an entry lies in the place of the checkpoints, and {@link #reinitialize} is about to
     * open it.
     */
    private boolean isSuperseded(long index) {
        if (getLifeCycleState() != LifeCycle.State.PAUSED) {
            return false;
        }
        try {
            return checkpoints
                    .newest()
                    .filter(newest -> newest.termIndex().getIndex() >= index)
                    .isPresent();
        } catch (IOException e) {
            log.warn("[{}/{}] cannot look for a received snapshot", getId(), descriptor.shard(), e);
            return false;
        }
    }

    /** What Ratis keeps and sends as the answer to an entry; nothing, since our appends are answered by the listener. */
    CompletableFuture<Message> reply(List<AppendOutcome> outcomes) {
        return DONE;
    }

    ShardDescriptor descriptor() {
        return descriptor;
    }

    private EntryBatch decode(LogEntryProto entry) {
        Bytes data = Bytes.wrap(entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer());
        EntryBatch batch = EntryBatch.decode(data);
        if (!batch.cluster().equals(descriptor.cluster()) || !batch.generation().equals(descriptor.generation())) {
            throw new CorruptFormatException("entry " + entry.getIndex() + " is of cluster " + batch.cluster()
                    + " generation " + batch.generation() + ", this is " + descriptor.cluster() + " generation "
                    + descriptor.generation());
        }
        return batch;
    }

    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        if (index > replica.position().index() && !health.isParked()) {
            replica.skip(term, index);
            setLastAppliedTermIndex(TermIndex.valueOf(term, index));
            publishPosition();
        }
    }

    @Override
    public void notifyConfigurationChanged(long term, long index, RaftConfigurationProto configuration) {
        durability.group().configurationWritten(index);
        log.info(
                "[{}/{}] configuration at index {}: {} voters, {} observers",
                getId(),
                descriptor.shard(),
                index,
                configuration.getPeersCount(),
                configuration.getListenersCount());
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId newLeader) {
        log.info("[{}/{}] leader is now {}", getId(), descriptor.shard(), newLeader);
        durability.group().leaderChanged(member.getPeerId(), newLeader);
        if (!member.getPeerId().equals(newLeader)) {
            listener.leaderLost();
        }
    }

    @Override
    public void notifyLeaderReady() {
        if (health.isParked()) {
            listener.parked();
        } else {
            listener.leaderReady();
        }
    }

    @Override
    public void notifyLogFailed(Throwable cause, LogEntryProto failedEntry) {
        if (health.logFailed(cause)) {
            log.error("[{}/{}] the Raft log cannot be written any more", getId(), descriptor.shard(), cause);
            listener.parked();
        }
    }

    @Override
    public void notifyServerShutdown(RoleInfoProto roleInfo, boolean allServer) {
        health.divisionClosed();
    }

    /** Called by any thread; the state goes on meanwhile. Returns the LSN and index that are durable afterwards. */
    Position checkpoint() throws IOException {
        storeLock.readLock().lock();
        try {
            synchronized (checkpoints) {
                if (getLifeCycleState() != LifeCycle.State.RUNNING) {
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
                log.info(
                        "[{}/{}] checkpoint at lsn {} index {}",
                        getId(),
                        descriptor.shard(),
                        position.lsn(),
                        position.index());
                return position;
            }
        } finally {
            storeLock.readLock().unlock();
        }
    }

    /** Ratis asks, on the updater thread, how far its log may go: only up to what lies in a durable checkpoint already. */
    @Override
    public long takeSnapshot() throws IOException {
        checkpoints.reload();
        return Optional.ofNullable(checkpoints.getLatestSnapshot())
                .map(snapshot -> snapshot.getTermIndex().getIndex())
                .orElse(RaftLog.INVALID_LOG_INDEX);
    }

    /** As {@link io.quorate.statemachine.raft.sync.LogDirectorySync#truncations}. */
    long logTruncations() {
        return durability == null ? -1 : durability.log().truncations();
    }

    @Override
    public DataApi data() {
        return durability.log();
    }

    /** Ratis asks between publishing a received snapshot and purging the log behind it. */
    @Override
    public SnapshotInfo getLatestSnapshot() {
        try {
            durability.install().published();
        } catch (IOException e) {
            throw new UncheckedIOException("an installed snapshot cannot be made durable", e);
        }
        return super.getLatestSnapshot();
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return checkpoints;
    }

    /** A snapshot was received and is about to take the place of the checkpoints. */
    @Override
    public void pause() {
        try {
            durability.install().beforePublish();
        } catch (IOException e) {
            throw new UncheckedIOException("a received snapshot cannot be made durable", e);
        }
        durability.log().snapshotReceived();
        synchronized (checkpoints) { // not while a checkpoint is made: its directory is about to be replaced
            if (getLifeCycleState() == LifeCycle.State.PAUSED) {
                return; // an earlier installation broke off behind this point
            }
            getLifeCycle().transition(LifeCycle.State.PAUSING);
            getLifeCycle().transition(LifeCycle.State.PAUSED);
        }
    }

    @Override
    public void reinitialize() throws IOException {
        checkpoints.reload();
        openStore();
        durability.log().snapshotInstalled();
        boolean unsupported = parkIfUnsupported();
        getLifeCycle().transition(LifeCycle.State.STARTING);
        getLifeCycle().transition(LifeCycle.State.RUNNING);
        if (unsupported) {
            listener.parked();
        } else if (health.unpark()) {
            log.info("[{}/{}] healed by a snapshot: applies again", getId(), descriptor.shard());
            listener.healed();
        }
    }

    /** The checkpoint that was opened may be of versions that this replica does not have: then nothing is read or applied. */
    private boolean parkIfUnsupported() {
        try {
            replica.checkVersions();
            unreadable = Optional.empty();
            return false;
        } catch (UnsupportedVersionException e) {
            unreadable = Optional.of(e.getMessage());
            health.park(replica.position().lsn(), replica.position().index() + 1, e);
            log.error("[{}/{}] parked: {}", getId(), descriptor.shard(), e.getMessage());
            return true;
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

    /** Looks or marks while no batch is being applied. */
    interface BetweenBatches<T> {
        /** @param appliedBefore index that was applied here before the last restart */
        T run(ReplicaStateMachine replica, long appliedBefore) throws IOException;
    }

    <T> T betweenBatches(BetweenBatches<T> action) throws IOException {
        storeLock.readLock().lock();
        try {
            openStoreOrFail();
            synchronized (applying) {
                return action.run(replica, durability.appliedBefore());
            }
        } finally {
            storeLock.readLock().unlock();
        }
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

    @Override
    public void close() throws IOException {
        if (durability != null) {
            durability.close();
        }
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
