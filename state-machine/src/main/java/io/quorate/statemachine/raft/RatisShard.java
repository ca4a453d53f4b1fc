package io.quorate.statemachine.raft;

import com.codahale.metrics.MetricRegistry;
import io.quorate.statemachine.host.AppendListener;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.host.QueryResult;
import io.quorate.statemachine.host.VersionSurvey;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateDigest;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.LogSlice;
import io.quorate.wal.log.LogStatus;
import io.quorate.wal.log.LogVersions;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.Membership;
import io.quorate.wal.log.Ordering;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.SliceLimits;
import io.quorate.wal.log.WriteConcern;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.server.RaftServer;

/** One shard's replica in Raft mode: the write path, the reads and the operator's calls, over one Ratis group. */
final class RatisShard implements HostedShard, RatisStateMachineAdapter.Listener {
    /** What a shard shares with the others of its node. */
    record Shared(
            Supplier<RaftServer> server,
            PeerCalls peers,
            NodeExecutors executors,
            LocalCalls calls,
            DiskGuard disk,
            Consumer<String> watch) {}

    /** A linearizable read that waits for a round of the probe. */
    private record WaitingRead(long deadlineNanos, CompletableFuture<Long> index) {}

    private static final long NEVER = Long.MIN_VALUE;

    private final ShardDescriptor descriptor;
    private final Shared shared;
    private final RaftGroupId group;
    private final RatisStateMachineAdapter machine;
    private final ReplicaHealth health;
    private final RaftView view;
    private final ShardMetrics metrics;
    private final ReadProbe probe;
    private final ConcernWaiter concerns;
    private final RaftBatcher batcher;
    private final ClusterClock clock;
    private final RatisMembership membership;
    private final Succession succession;
    private final VersionAgreement agreement;
    private final LogTailer tailer;
    private final Set<WaitingRead> waitingReads = ConcurrentHashMap.newKeySet();
    /** Monotonic time at which a linearizable barrier began that this replica has caught up with; NEVER before the first. */
    private final AtomicLong freshAsOfNanos = new AtomicLong(NEVER);

    RatisShard(
            ShardDescriptor descriptor,
            RatisStateMachineAdapter machine,
            ReplicaHealth health,
            BatchLimits limits,
            Shared shared) {
        this.descriptor = descriptor;
        this.shared = shared;
        this.group = RaftGroupId.valueOf(descriptor.groupId());
        this.machine = machine;
        this.health = health;
        this.view = new RaftView(shared.server(), group, machine::logTruncations);
        this.metrics = new ShardMetrics(descriptor.shard());
        this.probe = new ReadProbe(view, descriptor.groupId(), shared.peers(), metrics);
        this.concerns = new ConcernWaiter(
                view, descriptor.groupId(), shared.peers(), shared.executors().scheduler());
        this.clock = new ClusterClock(machine::clusterTimeMillis, System::nanoTime, System::currentTimeMillis);
        this.batcher = new RaftBatcher(
                limits,
                view::mayAppend,
                this::stamp,
                this::submit,
                shared.executors().workers());
        this.succession = new Succession(shared.server(), group, view, health, shared.executors());
        this.membership = new RatisMembership(
                shared.server(),
                group,
                view,
                shared.calls(),
                batcher,
                shared.executors().workers());
        metrics.gauge("batcher.queued.records", batcher::queued);
        metrics.gauge("batcher.queued.bytes", batcher::queuedBytes);
        metrics.gauge("batcher.in_flight", batcher::inFlight);
        metrics.gauge("sessions", machine::openSessions);
        this.tailer = new LogTailer(view, machine, shared.executors().workers());
        this.agreement = new VersionAgreement(view, descriptor.groupId(), shared.peers(), machine);
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
        long deadline = System.nanoTime() + timeout.toNanos();
        List<PendingAppend> appends = new ArrayList<>(records.size());
        boolean internal = false;
        AppendListener counted = (position, outcome) -> {
            if (outcome instanceof Rejected rejected) {
                metrics.rejected(rejected.reason());
            }
            listener.completed(position, outcome);
        };
        for (int i = 0; i < records.size(); i++) {
            internal |= records.get(i).kind().isInternal();
            appends.add(new PendingAppend(records.get(i), concern, deadline, counted, i));
        }
        enqueue(
                appends,
                internal
                        ? Optional.of(new Rejected(RejectReason.INVALID, "only replicas append records of this kind"))
                        : tooWide(concern).or(this::refusal));
    }

    /** A quorum of more voters than there are cannot be had: better said before anything is logged. */
    private Optional<Rejected> tooWide(WriteConcern concern) {
        if (!(concern instanceof WriteConcern.Quorum quorum) || !view.leads()) {
            return Optional.empty();
        }
        long voters = view.peers().stream().filter(peer -> peer.role().votes()).count();
        return quorum.n() <= voters
                ? Optional.empty()
                : Optional.of(new Rejected(
                        RejectReason.INVALID,
                        "shard " + descriptor.shard() + " has " + voters + " voters, " + quorum.n()
                                + " cannot be asked for"));
    }

    private void enqueue(List<PendingAppend> appends, Optional<Rejected> refusal) {
        if (refusal.isPresent()) {
            appends.forEach(append -> append.answer(refusal.get()));
        } else {
            batcher.append(appends);
        }
    }

    private Optional<Rejected> refusal() {
        if (view.open().isEmpty()) {
            return Optional.of(new Rejected(RejectReason.UNAVAILABLE, closed()));
        }
        if (!view.leads() && !batcher.isHeld()) { // held: leadership is just handed over, and soon known whose it is
            return Optional.of(new Rejected(RejectReason.NOT_LEADER, notLeader()));
        }
        if (shared.disk().isFull()) {
            return Optional.of(
                    new Rejected(RejectReason.DISK_FULL, shared.disk().message()));
        }
        return health.problem().map(problem -> new Rejected(RejectReason.UNAVAILABLE, problem));
    }

    private String closed() {
        return "shard " + descriptor.shard()
                + " is closed on this node: it was removed from it, or is being opened again";
    }

    private String notLeader() {
        return "this replica does not lead shard " + descriptor.shard() + "; the leader is "
                + view.leader()
                        .map(leader -> leader.id() + " at " + leader.address())
                        .orElse("not known");
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
        Optional<Rejected> refusal = refusal();
        if (refusal.isPresent()) {
            return CompletableFuture.completedFuture(refusal.get());
        }
        return agreement.raise(wanted, record -> {
            CompletableFuture<AppendOutcome> outcome = new CompletableFuture<>();
            long deadline = System.nanoTime() + timeout.toNanos();
            enqueue(
                    List.of(new PendingAppend(
                            record, WriteConcern.MAJORITY, deadline, (at, how) -> outcome.complete(how), 0)),
                    refusal());
            return outcome;
        });
    }

    private EntryBatch stamp(List<LogRecord> records) {
        return new EntryBatch(descriptor.cluster(), descriptor.generation(), clock.now(view.term()), records);
    }

    private CompletableFuture<RaftBatcher.SubmitResult> submit(PendingBatch batch) {
        RaftClientRequest request = RaftClientRequest.newBuilder()
                .setClientId(shared.calls().clientId())
                .setServerId(shared.server().get().getId())
                .setGroupId(group)
                .setCallId(shared.calls().nextCallId())
                .setMessage(batch)
                .setType(RaftClientRequest.writeRequestType())
                .build();
        CompletableFuture<RaftClientReply> reply;
        try {
            // the division's own method: the server's would hand it to another thread and wait for that one
            reply = ((RaftClientAsynchronousProtocol) view.division()).submitClientRequestAsync(request);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
        metrics.submitted(batch.appends().size(), batch.getContent().size());
        awaitOwnDisk(batch);
        return reply.thenApply(answer -> {
            Throwable failure = answer.getException();
            RejectReason reason =
                    failure instanceof ResourceUnavailableException ? RejectReason.QUEUE_FULL : RejectReason.NOT_LEADER;
            return new RaftBatcher.SubmitResult(reason, failure == null ? "not applied here" : failure.getMessage());
        });
    }

    private void awaitOwnDisk(PendingBatch batch) {
        List<PendingAppend> ones = batch.appends().stream()
                .filter(append -> append.concern() instanceof WriteConcern.One)
                .toList();
        if (!ones.isEmpty() && batch.isHandedOver()) {
            concerns.awaitOwnDisk(batch.logTerm(), batch.logIndex(), ones);
        }
    }

    /** On the applying thread, once a batch of ours is committed, applied and readable. */
    @Override
    public void committed(PendingBatch batch, List<AppendOutcome> outcomes, long term, long index) {
        List<ConcernWaiter.Wide> wide = new ArrayList<>(0);
        for (int i = 0; i < outcomes.size(); i++) {
            PendingAppend append = batch.appends().get(i);
            boolean more =
                    append.concern() instanceof WriteConcern.All || append.concern() instanceof WriteConcern.Quorum;
            if (more && outcomes.get(i) instanceof Committed committed) {
                wide.add(new ConcernWaiter.Wide(append, committed));
            } else {
                append.answer(outcomes.get(i));
            }
        }
        metrics.answered(System.nanoTime() - batch.madeNanos());
        if (!wide.isEmpty()) {
            shared.executors().workers().execute(() -> concerns.awaitVoters(term, index, wide));
        }
    }

    @Override
    public CompletableFuture<Lsn> readBarrier(ReadConsistency consistency, Duration timeout) {
        CompletableFuture<Void> barrier;
        try {
            barrier = barrier(consistency, System.nanoTime() + timeout.toNanos());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        CompletableFuture<Lsn> reached =
                barrier.thenApply(nothing -> new Lsn(machine.appliedLsn().value()));
        if (reached.isDone()) {
            return reached;
        }
        return reached.exceptionallyCompose(this::readFailure);
    }

    private CompletableFuture<Lsn> readFailure(Throwable failure) {
        Throwable cause = failure.getCause() != null && !(failure instanceof ReadUnavailableException)
                ? failure.getCause()
                : failure;
        if (cause instanceof ReadUnavailableException unavailable) {
            return CompletableFuture.failedFuture(unavailable);
        }
        RejectReason reason = cause instanceof TimeoutException ? RejectReason.DEADLINE : RejectReason.UNAVAILABLE;
        return CompletableFuture.failedFuture(new ReadUnavailableException(
                reason, "shard " + descriptor.shard() + " cannot serve this read: " + cause));
    }

    private CompletableFuture<Void> barrier(ReadConsistency consistency, long deadlineNanos) {
        if (consistency instanceof ReadConsistency.Eventual) {
            return CompletableFuture.completedFuture(null);
        }
        if (consistency instanceof ReadConsistency.Session session) {
            return machine.appliedLsn().await(session.atLeast().value(), deadlineNanos);
        }
        if (consistency instanceof ReadConsistency.BoundedStaleness bounded) {
            long fresh = freshAsOfNanos.get();
            boolean within = fresh != NEVER
                    && System.nanoTime() - fresh <= bounded.bound().toNanos();
            return within ? CompletableFuture.completedFuture(null) : linearizable(deadlineNanos);
        }
        if (consistency instanceof ReadConsistency.Linearizable) {
            return linearizable(deadlineNanos);
        }
        throw new AssertionError("unhandled: " + consistency);
    }

    private CompletableFuture<Void> linearizable(long deadlineNanos) {
        long began = System.nanoTime();
        CompletableFuture<Void> caughtUp = bounded(readIndex(), deadlineNanos)
                .thenCompose(index -> machine.appliedIndex().await(index, deadlineNanos));
        return caughtUp.thenRun(() -> freshAsOfNanos.accumulateAndGet(
                began, (known, seen) -> known == NEVER || seen - known > 0 ? seen : known));
    }

    /** A round of the probe is shared by many reads, and may last longer than the deadline of one. */
    private CompletableFuture<Long> bounded(CompletableFuture<Long> round, long deadlineNanos) {
        if (round.isDone()) {
            return round;
        }
        WaitingRead read = new WaitingRead(deadlineNanos, new CompletableFuture<>());
        waitingReads.add(read);
        round.whenComplete((index, failure) -> {
            waitingReads.remove(read);
            if (failure == null) {
                read.index().complete(index);
            } else {
                read.index().completeExceptionally(failure);
            }
        });
        return read.index();
    }

    private void expireReads(long nowNanos) {
        for (WaitingRead read : waitingReads) {
            if (read.deadlineNanos() - nowNanos <= 0 && waitingReads.remove(read)) {
                read.index().completeExceptionally(new TimeoutException("no majority confirmed the leader in time"));
            }
        }
    }

    private CompletableFuture<Long> readIndex() {
        if (view.leads()) {
            return probe.readIndex();
        }
        Optional<Peer> leader = view.leader().filter(peer -> !peer.id().equals(view.self()));
        if (leader.isEmpty()) {
            return CompletableFuture.failedFuture(new ReadUnavailableException(
                    RejectReason.NOT_LEADER, "shard " + descriptor.shard() + " has no leader now"));
        }
        return shared.peers().readIndex(leader.get(), descriptor.groupId());
    }

    @Override
    public CompletableFuture<QueryResult> query(Bytes query, ReadConsistency consistency, Duration timeout) {
        return readBarrier(consistency, timeout).thenApply(lsn -> machine.query(query));
    }

    /** Answers another replica of the group. */
    CompletableFuture<long[]> answer(PeerMessage.Call call) {
        if (call.operation() == PeerMessage.Operation.READ_INDEX) {
            return probe.readIndex().thenApply(index -> new long[] {index, 0, 0});
        }
        if (call.operation() == PeerMessage.Operation.VERSIONS) {
            return CompletableFuture.completedFuture(PeerCalls.encode(machine.support()));
        }
        PeerCalls.LogState state = view.logState(call.index());
        return CompletableFuture.completedFuture(new long[] {state.term(), state.flushedIndex(), state.termAtIndex()});
    }

    @Override
    public CompletableFuture<StateDigest> digest() {
        return CompletableFuture.supplyAsync(machine::digest, shared.executors().background());
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
                group,
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
    public MetricRegistry metrics() {
        return metrics.registry();
    }

    /** True if it stopped for lack of room on its disk and nothing else. */
    boolean ranOutOfSpace() {
        return health.ranOutOfSpace();
    }

    /** Bytes applied since the last checkpoint. */
    long bytesSinceCheckpoint() {
        return machine.bytesSinceCheckpoint();
    }

    /** Called every few milliseconds. */
    void tick(long nowNanos) {
        batcher.expire(nowNanos);
        expireReads(nowNanos);
        machine.appliedIndex().expire(nowNanos);
        machine.appliedLsn().expire(nowNanos);
        machine.dropOutdatedSnapshot();
        concerns.expire(nowNanos);
    }

    /** A vote, a term or a snapshot could not be made durable: this replica must not go on. */
    void syncFailed(RuntimeException failure) {
        health.logFailed(failure);
        shared.executors().background().execute(() -> view.open().ifPresent(RaftServer.Division::close));
    }

    /** This replica leads and has applied what earlier leaders committed. */
    @Override
    public void leaderReady() {
        shared.executors().workers().execute(batcher::pump);
    }

    /** What cannot be applied or logged here may well be elsewhere: this replica neither leads nor campaigns until it is healed. */
    @Override
    public void parked() {
        shared.executors().workers().execute(membership::abdicate);
    }

    @Override
    public void healed() {
        shared.executors().workers().execute(membership::campaignAgain);
    }

    /** Leadership went elsewhere: what waits here is certainly not in the log. */
    @Override
    public void leaderLost() {
        shared.executors()
                .workers()
                .execute(() -> batcher.rejectQueued(RejectReason.NOT_LEADER, "this replica does not lead (any more)"));
        view.leader().map(Peer::address).ifPresent(shared.watch());
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
                new Lsn(machine.appliedLsn().value()),
                machine.appliedIndex().value(),
                open.map(division -> division.getRaftLog().getLastCommittedIndex())
                        .orElse(-1L),
                view.peers(),
                machine.versions(),
                open.isPresent() ? health.problem() : health.problem().or(() -> Optional.of(closed())));
    }

    @Override
    public Membership membership() {
        return membership;
    }

    /** Stops taking appends and reads; the Ratis group is closed by its host. */
    @Override
    public void close() {
        batcher.close();
        health.close();
    }

    /** After the Ratis group closed: answers whoever still waits. */
    void abandon() {
        batcher.abandon();
        concerns.close();
    }
}
