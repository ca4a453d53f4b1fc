package io.quorate.statemachine.raft;

import io.quorate.statemachine.host.AppendListener;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;

/**
 * The write path of one shard's replica: takes or refuses appends, hands them to Ratis in batches, and answers each once, when its
 * concern is met. Thread-safe.
 */
final class ShardAppends {
    private final ShardContext shard;
    private final RaftView view;
    private final RatisShard.Shared node;
    private final ConcernWaiter concerns;
    private final RaftBatcher batcher;
    private final ClusterClock clock;
    private final Runnable steppingDown;

    /** @param steppingDown called where Ratis refuses an append since it hands leadership over; must not block */
    ShardAppends(ShardContext shard, BatchLimits limits, Runnable steppingDown) {
        this.steppingDown = steppingDown;
        this.shard = shard;
        this.view = shard.view();
        this.node = shard.node();
        this.concerns = new ConcernWaiter(
                view,
                shard.descriptor().groupId(),
                node.peers(),
                node.executors().scheduler());
        this.clock = new ClusterClock(
                () -> shard.state().clusterTimeMillis(),
                System::nanoTime,
                shard.node().wallClock()::millis);
        this.batcher = new RaftBatcher(
                limits,
                view::mayAppend,
                this::stamp,
                this::submit,
                node.executors().workers());
        shard.metrics().gauge("batcher.queued.records", batcher::queued);
        shard.metrics().gauge("batcher.queued.bytes", batcher::queuedBytes);
        shard.metrics().gauge("batcher.in_flight", batcher::inFlight);
    }

    /** As {@link io.quorate.statemachine.host.HostedShard#appendAll}. */
    void appendAll(List<LogRecord> records, WriteConcern concern, Duration timeout, AppendListener listener) {
        long deadline = System.nanoTime() + timeout.toNanos();
        List<PendingAppend> appends = new ArrayList<>(records.size());
        boolean internal = false;
        AppendListener counted = (position, outcome) -> {
            if (outcome instanceof Rejected rejected) {
                shard.metrics().rejected(rejected.reason());
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

    /** Appends a record of the log's own. */
    CompletableFuture<AppendOutcome> appendInternal(LogRecord record, Duration timeout) {
        CompletableFuture<AppendOutcome> outcome = new CompletableFuture<>();
        long deadline = System.nanoTime() + timeout.toNanos();
        PendingAppend append =
                new PendingAppend(record, WriteConcern.MAJORITY, deadline, (at, how) -> outcome.complete(how), 0);
        enqueue(List.of(append), refusal());
        return outcome;
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
                        "shard " + shard.descriptor().shard() + " has " + voters + " voters, " + quorum.n()
                                + " cannot be asked for"));
    }

    private void enqueue(List<PendingAppend> appends, Optional<Rejected> refusal) {
        if (refusal.isPresent()) {
            appends.forEach(append -> append.answer(refusal.get()));
        } else {
            batcher.append(appends);
        }
    }

    /** Why this replica takes no appends now, if it does not. */
    Optional<Rejected> refusal() {
        if (view.open().isEmpty()) {
            return Optional.of(new Rejected(RejectReason.UNAVAILABLE, shard.closed()));
        }
        if (!view.leads() && !batcher.isHeld()) { // held: leadership is just handed over, and soon known whose it is
            return Optional.of(new Rejected(RejectReason.NOT_LEADER, notLeader()));
        }
        if (node.disk().isFull()) {
            return Optional.of(new Rejected(RejectReason.DISK_FULL, node.disk().message()));
        }
        return shard.health().problem().map(problem -> new Rejected(RejectReason.UNAVAILABLE, problem));
    }

    private String notLeader() {
        return "this replica does not lead shard " + shard.descriptor().shard() + "; the leader is "
                + view.leader()
                        .map(leader -> leader.id() + " at " + leader.address())
                        .orElse("not known");
    }

    private EntryBatch stamp(List<LogRecord> records) {
        return new EntryBatch(
                shard.descriptor().cluster(), shard.descriptor().generation(), clock.now(view.term()), records);
    }

    private CompletableFuture<RaftBatcher.SubmitResult> submit(PendingBatch batch) {
        RaftClientRequest request = RaftClientRequest.newBuilder()
                .setClientId(node.calls().clientId())
                .setServerId(node.server().get().getId())
                .setGroupId(shard.group())
                .setCallId(node.calls().nextCallId())
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
        shard.metrics().submitted(batch.appends().size(), batch.getContent().size());
        awaitOwnDisk(batch);
        return reply.thenApply(answer -> {
            Throwable failure = answer.getException();
            if (failure instanceof LeaderSteppingDownException) {
                steppingDown.run();
            }
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
    void committed(PendingBatch batch, List<AppendOutcome> outcomes, long term, long index) {
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
        shard.metrics().answered(System.nanoTime() - batch.madeNanos());
        if (!wide.isEmpty()) {
            node.executors().workers().execute(() -> concerns.awaitVoters(term, index, wide));
        }
    }

    /** Where appends wait: for whoever hands leadership over. */
    RaftBatcher batcher() {
        return batcher;
    }

    /** This replica has become ready to lead. */
    void leaderReady() {
        node.executors().workers().execute(batcher::pump);
    }

    /** Leadership went elsewhere: what waits here is certainly not in the log. */
    void leaderLost() {
        node.executors()
                .workers()
                .execute(() -> batcher.rejectQueued(RejectReason.NOT_LEADER, "this replica does not lead (any more)"));
    }

    /** Called every few milliseconds. */
    void expire(long nowNanos) {
        batcher.expire(nowNanos);
        concerns.expire(nowNanos);
    }

    /** Takes no more. */
    void close() {
        batcher.close();
    }

    /** After the Ratis group closed: answers whoever still waits. */
    void abandon() {
        batcher.abandon();
        concerns.close();
    }
}
