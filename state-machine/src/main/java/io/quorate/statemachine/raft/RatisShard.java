package io.quorate.statemachine.raft;

import com.codahale.metrics.MetricRegistry;
import io.quorate.statemachine.host.AppendListener;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.host.QueryResult;
import io.quorate.statemachine.host.VersionSurvey;
import io.quorate.statemachine.raft.sync.MustReopenException;
import io.quorate.statemachine.raft.sync.SyncFailedException;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateDigest;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.LogSlice;
import io.quorate.wal.log.LogStatus;
import io.quorate.wal.log.LogVersions;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.Membership;
import io.quorate.wal.log.Ordering;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.SliceLimits;
import io.quorate.wal.log.WriteConcern;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One shard's replica in Raft mode: the write path, the reads and the operator's calls, over one Ratis group. */
final class RatisShard implements HostedShard, GroupEvents {
    /**
     * What a shard shares with the others of its node.
     *
     * @param reopen has a group opened anew, in the background and until that works
     */
    record Shared(
            Supplier<RaftServer> server,
            PeerCalls peers,
            NodeExecutors executors,
            LocalCalls calls,
            DiskGuard disk,
            NodeWatch nodes,
            InstantSource wallClock,
            RatisSettings settings,
            Consumer<UUID> reopen) {}

    private static final Logger log = LoggerFactory.getLogger(RatisShard.class);
    /** Nothing of what waits for the disk, or for the application, moves for so long: longer than any healthy disk takes. */
    private static final Duration STANDSTILL = Duration.ofSeconds(10);

    private final ShardContext context;
    private final ShardDescriptor descriptor;
    private final Shared shared;
    private final RatisStateMachineAdapter machine;
    private final AppliedState state;
    private final ReplicaHealth health;
    private final RaftView view;
    private final ShardMetrics metrics;
    private final ShardAppends appends;
    private final ShardReads reads;
    private final RatisMembership membership;
    private final Candidacy candidacy;
    private final Succession succession;
    private final VersionAgreement agreement;
    private final LogTailer tailer;
    private final ProgressWatch progress = new ProgressWatch(STANDSTILL);

    RatisShard(RatisStateMachineAdapter machine, ReplicaHealth health, Shared shared) {
        this.descriptor = machine.descriptor();
        this.shared = shared;
        this.machine = machine;
        this.state = machine.state();
        this.health = health;
        RaftGroupId group = RaftGroupId.valueOf(descriptor.groupId());
        this.view = new RaftView(shared.server(), group, machine::logTruncations);
        this.metrics = new ShardMetrics(descriptor.shard());
        metrics.gauge("sessions", state::openSessions);
        this.context = new ShardContext(descriptor, view, state, health, metrics, shared);
        this.appends = new ShardAppends(context, shared.settings().batches(), this::refusedAsSteppingDown);
        this.reads = new ShardReads(context);
        Campaign campaign = new Campaign(shared.server(), group, view, health);
        this.succession = new Succession(
                view,
                descriptor.groupId(),
                shared.peers(),
                shared.executors(),
                shared.nodes()::isGone,
                campaign::against);
        this.membership = new RatisMembership(
                shared.server(),
                group,
                view,
                shared.calls(),
                appends.batcher(),
                peer -> shared.peers().runs(peer, descriptor.groupId()),
                shared.settings().startPatience(),
                shared.executors().workers());
        this.candidacy = new Candidacy(
                descriptor.shard(),
                membership,
                shared.executors().workers(),
                CompletableFuture.delayedExecutor(
                        shared.settings().electionTimeoutMax().toMillis(),
                        TimeUnit.MILLISECONDS,
                        shared.executors().workers()),
                () -> shared.reopen().accept(descriptor.groupId()));
        this.tailer = new LogTailer(view, state, shared.executors().readers());
        this.agreement = new VersionAgreement(view, descriptor.groupId(), shared.peers(), state);
    }

    private void refusedAsSteppingDown() {
        membership.refusedAsSteppingDown();
    }

    @Override
    public ShardDescriptor descriptor() {
        return descriptor;
    }

    @Override
    public Ordering ordering() {
        return Ordering.TOTAL;
    }

    @Override
    public void appendAll(List<LogRecord> records, WriteConcern concern, Duration timeout, AppendListener listener) {
        appends.appendAll(records, concern, timeout, listener);
    }

    @Override
    public CompletableFuture<LogSlice> tail(Lsn from, SliceLimits limits, Duration wait) {
        return tailer.tail(from, limits, System.nanoTime() + wait.toNanos());
    }

    @Override
    public CompletableFuture<VersionSurvey> surveyVersions() {
        return agreement.survey();
    }

    @Override
    public CompletableFuture<AppendOutcome> raiseVersions(LogVersions wanted, Duration timeout) {
        Optional<Rejected> refusal = appends.refusal();
        return refusal.isPresent()
                ? CompletableFuture.completedFuture(refusal.get())
                : agreement.raise(wanted, record -> appends.appendInternal(record, timeout));
    }

    @Override
    public void committed(PendingBatch batch, List<AppendOutcome> outcomes, long term, long index) {
        appends.committed(batch, outcomes, term, index);
    }

    @Override
    public CompletableFuture<Lsn> readBarrier(ReadConsistency consistency, Duration timeout) {
        return reads.readBarrier(consistency, timeout);
    }

    @Override
    public CompletableFuture<QueryResult> query(Bytes query, ReadConsistency consistency, Duration timeout) {
        return reads.query(query, consistency, timeout);
    }

    /** Answers another replica of the group. */
    CompletableFuture<long[]> answer(PeerMessage.Call call) {
        if (call.operation() == PeerMessage.Operation.READ_INDEX) {
            return reads.confirmedIndex().thenApply(index -> new long[] {index, 0, 0});
        }
        if (call.operation() == PeerMessage.Operation.VERSIONS) {
            return CompletableFuture.completedFuture(PeerCalls.encode(state.support()));
        }
        if (call.operation() == PeerMessage.Operation.LEADER_GONE) {
            return CompletableFuture.completedFuture(new long[] {succession.agrees(call.index()) ? 1 : 0, 0, 0});
        }
        if (call.operation() == PeerMessage.Operation.RUNS) {
            PeerCalls.Running running = health.problem().isEmpty() ? view.running() : PeerCalls.Running.WILL_NOT;
            return CompletableFuture.completedFuture(new long[] {running.ordinal(), 0, 0});
        }
        PeerCalls.LogState log = view.logState(call.index());
        return CompletableFuture.completedFuture(new long[] {log.term(), log.flushedIndex(), log.termAtIndex()});
    }

    @Override
    public CompletableFuture<StateDigest> digest() {
        return CompletableFuture.supplyAsync(state::digest, shared.executors().background());
    }

    @Override
    public CompletableFuture<Lsn> checkpoint(Duration timeout) {
        return CompletableFuture.supplyAsync(
                        this::checkpointNow, shared.executors().background())
                .thenCompose(position -> letLogGo(timeout).thenApply(nothing -> position.lsn()));
    }

    private Position checkpointNow() {
        try {
            long began = System.nanoTime();
            Position position = machine.checkpoint();
            metrics.checkpointed(System.nanoTime() - began);
            return position;
        } catch (IOException e) {
            throw new UncheckedIOException("checkpoint of shard " + descriptor.shard() + " failed", e);
        }
    }

    private CompletableFuture<Void> letLogGo(Duration timeout) {
        SnapshotManagementRequest request = SnapshotManagementRequest.newCreate(
                shared.calls().clientId(),
                shared.server().get().getId(),
                context.group(),
                shared.calls().nextCallId(),
                timeout.toMillis(),
                1);
        return shared.server().get().snapshotManagementAsync(request).thenAccept(reply -> {});
    }

    @Override
    public void applied(long nanos) {
        metrics.applied(nanos);
    }

    @Override
    public boolean isIdle() {
        return appends.batcher().isIdle();
    }

    @Override
    public MetricRegistry metrics() {
        return metrics.registry();
    }

    /** True if it stopped for lack of room on its disk and nothing else. */
    boolean ranOutOfSpace() {
        return health.ranOutOfSpace();
    }

    /** Bytes applied since the last checkpoint. */
    long bytesSinceCheckpoint() {
        return state.bytesSinceCheckpoint();
    }

    /** Called every few milliseconds. */
    void tick(long nowNanos) {
        appends.expire(nowNanos);
        reads.expire(nowNanos);
    }

    /** Called about once a second, by one thread: a log that hangs makes no error, and its leader would hold up the shard. */
    void watchProgress(long nowNanos) {
        Optional<ProgressWatch.Finding> now = view.open().flatMap(division -> {
            RaftLog raftLog = division.getRaftLog();
            ProgressWatch.Progress seen = new ProgressWatch.Progress(
                    raftLog.getNextIndex() - 1,
                    raftLog.getFlushIndex(),
                    raftLog.getLastCommittedIndex(),
                    state.appliedIndex().value());
            return progress.look(nowNanos, seen);
        });
        boolean logHangs = isOfLog(now);
        Optional<ProgressWatch.Finding> before = health.standsStill(now);
        if (before.map(ProgressWatch.Finding::what).equals(now.map(ProgressWatch.Finding::what))) {
            return;
        }
        String name = view.self() + "/" + descriptor.shard();
        now.ifPresentOrElse(
                finding -> log.warn("[{}] {}", name, finding.message()), () -> log.info("[{}] moves again", name));
        if (logHangs) {
            parked();
        } else if (isOfLog(before) && !health.isParked()) {
            healed();
        }
    }

    private static boolean isOfLog(Optional<ProgressWatch.Finding> finding) {
        return finding.filter(found -> found.what() == ProgressWatch.Standstill.LOG)
                .isPresent();
    }

    /** A vote, a term or a snapshot could not be made durable, or this replica must not lead: it must not go on. */
    void syncFailed(SyncFailedException failure) {
        if (!(failure instanceof MustReopenException)) {
            health.logFailed(failure);
        }
        shared.executors().background().execute(this::closeGroup);
    }

    /** This process must not take part in anything: another one is the peer that it runs as. The group is closed by who says so. */
    void refuse(String why) {
        health.refuse(why);
    }

    /** This replica leads and has applied what earlier leaders committed. */
    @Override
    public void leaderReady() {
        appends.leaderReady();
    }

    /** What cannot be applied or logged here may well be elsewhere: this replica neither leads nor campaigns until it is healed. */
    @Override
    public void parked() {
        candidacy.abdicate();
    }

    @Override
    public void healed() {
        candidacy.campaignAgain();
    }

    @Override
    public void leaderLost() {
        appends.leaderLost();
        view.leader().map(Peer::address).ifPresent(shared.nodes()::watch);
    }

    /** True if this replica leads and a peer has answered Ratis within a time. */
    boolean hears(PeerId peer, Duration within) {
        return view.hears(peer, within);
    }

    /** The process at an address has ended. */
    void nodeGone(String address) {
        succession.nodeGone(address);
    }

    @Override
    public LogStatus status() {
        Optional<RaftServer.Division> open = view.open();
        return new LogStatus(
                view.self(),
                view.leader().map(Peer::id),
                open.map(division -> division.getInfo().getCurrentTerm()).orElse(0L),
                new Lsn(state.appliedLsn().value()),
                state.appliedIndex().value(),
                open.map(division -> division.getRaftLog().getLastCommittedIndex())
                        .orElse(-1L),
                view.peers(),
                state.versions(),
                problem());
    }

    private Optional<String> problem() {
        return health.problem()
                .or(() -> view.staysOpen() ? Optional.empty() : Optional.of(context.closed()))
                .or(() -> shared.disk().isFull() ? Optional.of(shared.disk().message()) : Optional.empty());
    }

    @Override
    public Membership membership() {
        return membership;
    }

    /** Stops taking appends and queries, and interrupts those that are being answered; the Ratis group is closed by its host. */
    @Override
    public void close() {
        appends.close();
        reads.close();
        health.close();
    }

    /** Closes the Ratis group. */
    void closeGroup() {
        view.open().ifPresent(RaftServer.Division::close);
    }

    /** Ratis could not open the group: lets go of all that was opened for it, so that it can be tried again. */
    void neverOpened(Exception failure) {
        close();
        try {
            machine.close();
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
        abandon();
    }

    /** After the Ratis group closed: answers whoever still waits. */
    void abandon() {
        appends.abandon();
    }
}
