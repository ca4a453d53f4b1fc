package io.quorate.statemachine.raft;

import io.quorate.statemachine.raft.sync.RaftSync;
import io.quorate.statemachine.raft.sync.RequiredSettings;
import io.quorate.statemachine.replica.ApplyFailedException;
import io.quorate.statemachine.replica.EntryHeldException;
import io.quorate.statemachine.store.Position;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.Lsn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
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
 * Thin: turns Ratis' calls into batches for the {@link AppliedState} and its answers into outcomes for those who wait.
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

    private final AppliedState state;
    private final ReplicaHealth health;
    private final RaftSync sync;
    private final KeptLog kept;
    private GroupEvents listener;
    private GroupDurability durability;

    RatisStateMachineAdapter(AppliedState state, ReplicaHealth health, RaftSync sync, KeptLog kept) {
        this.state = state;
        this.health = health;
        this.sync = sync;
        this.kept = kept;
    }

    /** Sets who hears of events; before Ratis sees this machine. */
    void listen(GroupEvents events) {
        listener = events;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage storage) throws IOException {
        super.initialize(server, groupId, storage);
        getLifeCycle().transition(LifeCycle.State.STARTING);
        try {
            RequiredSettings.check(server.getProperties());
            durability = new GroupDurability(sync, server, groupId, storage);
            state.wasAppliedBefore(durability.appliedBefore());
            state.checkpoints().init(storage);
            openState(() -> false);
        } catch (IOException | RuntimeException e) {
            close(); // Ratis closes neither the machine nor the storage of a group that it could not open
            storage.close();
            throw e;
        }
        isParkedAsUnusable();
        getLifeCycle().transition(LifeCycle.State.RUNNING);
    }

    private boolean openState(BooleanSupplier letGo) throws IOException {
        Optional<Position> opened = state.open(letGo);
        opened.ifPresent(at -> {
            kept.opened(at.index());
            setLastAppliedTermIndex(TermIndex.valueOf(at.term(), at.index()));
            log.info("[{}] opened at lsn {} index {}", name(), at.lsn(), at.index());
        });
        return opened.isPresent();
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
        if (!(request.getMessage() instanceof PendingBatch batch)) {
            throw new StateMachineException(
                    "shard " + descriptor().shard() + " takes appends through Quorate's own service only", null, false);
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
                    "a batch of shard " + descriptor().shard() + " was rejected before it came here", null, false);
        }
        return transaction;
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        if (entry.getIndex() <= state.position().index()) {
            return DONE;
        }
        if (health.awaitUnparked(() -> isSuperseded(entry.getIndex()) || isDivisionClosing())) {
            return DONE; // nothing is applied any more, or a snapshot covers it; nobody is answered from here
        }
        PendingBatch pending = transaction.getStateMachineContext() instanceof PendingBatch batch ? batch : null;
        try {
            EntryBatch batch = pending != null ? pending.batch() : state.decode(entry);
            long began = System.nanoTime();
            int bytes = entry.getStateMachineLogEntry().getLogData().size();
            List<AppendOutcome> outcomes = state.apply(entry.getTerm(), entry.getIndex(), batch, bytes);
            kept.applied(entry.getIndex(), bytes);
            durability.applied(entry.getIndex());
            setLastAppliedTermIndex(TermIndex.valueOf(entry.getTerm(), entry.getIndex()));
            state.publish();
            listener.applied(System.nanoTime() - began);
            if (pending != null) {
                pending.markApplied();
                listener.committed(pending, outcomes, entry.getTerm(), entry.getIndex());
            }
            return reply(outcomes);
        } catch (RuntimeException | IOException | Error e) {
            park(entry.getIndex(), e);
            listener.parked();
        }
        return DONE;
    }

    private void park(long index, Throwable cause) {
        Lsn lsn = state.position().lsn();
        health.park(lsn, index, cause);
        log.error(
                "[{}] parked: cannot apply entry {} behind lsn {}; this replica stops applying, others go on",
                name(),
                index,
                lsn,
                cause);
        if (cause instanceof ApplyFailedException || cause instanceof EntryHeldException) {
            noteParked();
        }
    }

    /** That it stopped at this entry and not behind it is what an operator's question about the entry rests on, also after a power loss. */
    private void noteParked() {
        try {
            durability.parked(state.position().index());
        } catch (IOException e) {
            log.warn("[{}] cannot note where it parked: after a boot the entry cannot be skipped", name(), e);
        }
    }

    /**
     * True once a received snapshot that covers an entry lies in the place of the checkpoints, and {@link #reinitialize} is about to
     * open it.
     */
    private boolean isSuperseded(long index) {
        return getLifeCycleState() == LifeCycle.State.PAUSED
                && state.checkpoints().covers(index);
    }

    /** Ratis closes a division by waiting for its updater thread, which must not wait here then; whoever closes it. */
    private boolean isDivisionClosing() {
        try {
            RaftServer.Division division = getServer().join().getDivision(getGroupId());
            return division.getInfo().getLifeCycleState().isClosingOrClosed();
        } catch (IOException removed) {
            return true; // from the server's list of groups: there is no other reason
        }
    }

    /** What Ratis keeps and sends as the answer to an entry; nothing, since our appends are answered by the listener. */
    CompletableFuture<Message> reply(List<AppendOutcome> outcomes) {
        return DONE;
    }

    private String name() {
        return getId() + "/" + descriptor().shard();
    }

    ShardDescriptor descriptor() {
        return state.descriptor();
    }

    /** What has been applied here. */
    AppliedState state() {
        return state;
    }

    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        if (index > state.position().index() && !health.isParked()) {
            state.skip(term, index);
            setLastAppliedTermIndex(TermIndex.valueOf(term, index));
            state.publish();
        }
    }

    @Override
    public void notifyConfigurationChanged(long term, long index, RaftConfigurationProto configuration) {
        durability.group().configurationWritten(index);
        log.info(
                "[{}] configuration at index {}: {} voters, {} observers",
                name(),
                index,
                configuration.getPeersCount(),
                configuration.getListenersCount());
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId newLeader) {
        log.info("[{}] leader is now {}", name(), newLeader);
        durability.group().leaderChanged(member.getPeerId(), newLeader);
        if (!member.getPeerId().equals(newLeader)) {
            listener.leaderLost();
        }
        if (health.isParked()) {
            // since its start, perhaps: then nobody has heard of it, and it would lead without ever being ready
            listener.parked();
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
            log.error("[{}] the Raft log cannot be written any more", name(), cause);
            listener.parked();
        }
    }

    @Override
    public void notifyServerShutdown(RoleInfoProto roleInfo, boolean allServer) {
        health.divisionClosed();
    }

    /** Called by any thread; the state goes on meanwhile. Returns the LSN and index that are durable afterwards. */
    Position checkpoint() throws IOException {
        Position position = state.checkpoint(() -> getLifeCycleState() == LifeCycle.State.RUNNING);
        if (position.index() >= 0) {
            log.info("[{}] checkpoint at lsn {} index {}", name(), position.lsn(), position.index());
        }
        return position;
    }

    /**
     * Ratis asks, on the updater thread, how far its log may go: only up to what lies in a durable checkpoint already, less what is
     * {@link KeptLog kept}.
     */
    @Override
    public long takeSnapshot() throws IOException {
        state.checkpoints().reload();
        SnapshotInfo checkpoint = state.checkpoints().getLatestSnapshot();
        if (checkpoint == null) {
            return RaftLog.INVALID_LOG_INDEX;
        }
        long slowest = getServer().join().getDivision(getGroupId()).getCommitInfos().stream()
                .mapToLong(CommitInfoProto::getCommitIndex)
                .min()
                .orElse(RaftLog.INVALID_LOG_INDEX);
        return kept.purgeable(
                checkpoint.getTermIndex().getIndex(),
                slowest,
                state.checkpoints().sent());
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
        return state.checkpoints();
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
        state.betweenCheckpoints(
                () -> { // their directory is about to be replaced
                    if (getLifeCycleState()
                            != LifeCycle.State.PAUSED) { // else an earlier installation broke off behind this point
                        getLifeCycle().transition(LifeCycle.State.PAUSING);
                        getLifeCycle().transition(LifeCycle.State.PAUSED);
                    }
                });
    }

    @Override
    public void reinitialize() throws IOException {
        state.checkpoints().reload();
        boolean opened = openState(() -> health.isClosing() || isDivisionClosing());
        durability.log().snapshotInstalled();
        boolean unusable = opened ? isParkedAsUnusable() : isParkedAsClosing();
        getLifeCycle().transition(LifeCycle.State.STARTING);
        getLifeCycle().transition(LifeCycle.State.RUNNING);
        if (unusable) {
            listener.parked();
        } else if (health.unpark()) {
            log.info("[{}] healed by a snapshot: applies again", name());
            listener.healed();
        }
    }

    /** Where the state cannot be used, nothing is read or applied any more, and the replica does not lead. */
    void parkIfUnusable() {
        if (isParkedAsUnusable()) {
            listener.parked();
        }
    }

    /** Nothing is applied behind a snapshot that was not opened; a restart opens it. Throwing would make Ratis' updater spin. */
    private boolean isParkedAsClosing() {
        Position at = state.position();
        health.park(
                at.lsn(), at.index() + 1, new IOException("it closes while a query reads what a snapshot replaces"));
        return true;
    }

    private boolean isParkedAsUnusable() {
        Optional<RuntimeException> unusable = state.unusable();
        unusable.ifPresent(e -> {
            health.park(state.position().lsn(), state.position().index() + 1, e);
            log.error("[{}] parked: {}", name(), e.getMessage());
        });
        return unusable.isPresent();
    }

    /** Also where Ratis' updater or log closes the division, which it tells nobody otherwise. */
    @Override
    public void close() throws IOException {
        health.divisionClosed();
        if (durability != null) {
            durability.close();
        }
        state.close();
    }
}
