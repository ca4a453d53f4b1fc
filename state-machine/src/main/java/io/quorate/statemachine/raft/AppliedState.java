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
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.raftlog.RaftLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one replica has applied: the store and its checkpoints, how far it has come, and everything that looks at it. The live
 * database of an earlier run is never used: opening begins at the newest checkpoint, or at an empty state.
 *
 * <p>Threads: one thread at a time opens, applies and publishes; any thread reads, makes checkpoints and closes.
 */
final class AppliedState {
    private static final Logger log = LoggerFactory.getLogger(AppliedState.class);
    /** For those who read, to end: queries are interrupted by then. */
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

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
    /** Of the store, by whoever reads from it. */
    private final SharedUse use = new SharedUse();

    private volatile long clusterTimeMillis;
    private volatile int openSessions;
    private volatile LsnIndex lsnIndex = new LsnIndex(Position.START);
    private volatile LogVersions versions = LogVersions.FIRST;
    /** Why the state cannot be read although it is there: see {@link #unusable}. */
    private volatile Optional<String> unreadable = Optional.empty();
    /** Written before the first batch; an index that nothing above was applied here before the group was opened. */
    private long appliedBefore = RaftLog.INVALID_LOG_INDEX;

    /** Set while nobody uses it. */
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

    /**
     * Opens the newest checkpoint, or an empty state; in place of what was open. Says where it begins.
     *
     * @param letGo asked again and again while queries still read from what is open: true leaves everything as it was
     * @return empty if it was left
     */
    Optional<Position> open(BooleanSupplier letGo) throws IOException {
        if (!use.beginReplacing(letGo)) {
            return Optional.empty();
        }
        Position position;
        try {
            closeStore();
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
            unusable(); // before anybody reads
        } finally {
            use.endReplacing();
        }
        publish();
        return Optional.of(position);
    }

    /**
     * The state may be of versions that this replica does not have, or hold the effect of an entry that all others skip: says so, and
     * nothing can be read from it then.
     */
    Optional<RuntimeException> unusable() {
        Optional<RuntimeException> why = Optional.empty();
        try {
            replica.checkVersions();
            replica.checkSkips();
        } catch (UnsupportedVersionException | SkippedEntryAppliedException e) {
            why = Optional.of(e);
        }
        unreadable = why.map(Throwable::getMessage);
        return why;
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
        StateStore open = enter();
        try {
            synchronized (checkpoints) {
                if (!allowed.getAsBoolean()) {
                    throw new IOException("a snapshot takes the place of the checkpoints just now; try again");
                }
                long covered = bytesSinceCheckpoint.get();
                if (open.position().index() < 0) {
                    return open.position();
                }
                Path staging = checkpoints.prepareStaging();
                Position position = open.checkpoint(staging);
                lsnIndex.note(position);
                checkpoints.publish(staging, position);
                bytesSinceCheckpoint.addAndGet(-covered);
                return position;
            }
        } finally {
            use.exit();
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
        enter();
        try {
            synchronized (applying) {
                return action.run(replica, appliedBefore);
            }
        } finally {
            use.exit();
        }
    }

    /** Answers a query from one state, at or behind all that was applied before the call, and says from which. */
    QueryResult query(Bytes query) {
        StateStore open = enter();
        try (QuerySnapshots.Lease lease = snapshots.lease(open)) {
            return new QueryResult(lease.position().lsn(), application.query(query, lease.view()));
        } finally {
            use.exit();
        }
    }

    /** Called every few milliseconds: what a query read from must not keep overwritten data for long. */
    void dropOutdatedSnapshot() {
        if (use.tryEnter()) {
            try {
                if (store != null) {
                    snapshots.dropOutdated(store);
                }
            } finally {
                use.exit();
            }
        }
    }

    StateDigest digest() {
        StateStore open = enter();
        try (StateSnapshot snapshot = open.snapshot()) {
            return StateDigest.of(snapshot);
        } finally {
            use.exit();
        }
    }

    /** Begins a use of the store, to be ended by {@link SharedUse#exit}. */
    private StateStore enter() {
        if (!use.enter()) {
            throw unavailable("the replica is closed");
        }
        StateStore open = store;
        Optional<String> why = open == null ? Optional.of("the replica is closed") : unreadable;
        if (why.isPresent()) {
            use.exit();
            throw unavailable(why.get());
        }
        return open;
    }

    private static ReadUnavailableException unavailable(String why) {
        return new ReadUnavailableException(RejectReason.UNAVAILABLE, why);
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

    /**
     * Ends all waiting, lets nobody begin to read, and closes the store; where somebody still reads after a few seconds (a query that
     * does not return), that is left to whoever ends last. Until then its directory cannot be opened again.
     */
    void close() {
        if (!use.close(CLOSE_PATIENCE, this::closeStore)) {
            log.warn(
                    "[{}] closed while its state is still being read; {} stays in use until that has ended",
                    descriptor.shard(),
                    live);
        }
        ReadUnavailableException closed = unavailable("the replica closed");
        appliedIndex.fail(closed);
        appliedLsn.fail(closed);
    }

    private void closeStore() {
        if (store != null) {
            snapshots.drop();
            store.close();
            store = null;
        }
    }
}
