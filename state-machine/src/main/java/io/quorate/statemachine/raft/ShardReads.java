package io.quorate.statemachine.raft;

import io.quorate.statemachine.host.QueryResult;
import io.quorate.topology.Peer;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The reads of one shard's replica: waits until the consistency that is asked for holds, then asks the application, on threads that
 * nothing else waits for. Thread-safe.
 */
final class ShardReads {
    /** A linearizable read that waits for a round of the probe. */
    private record WaitingRead(long deadlineNanos, CompletableFuture<Long> index) {}

    private static final long NEVER = Long.MIN_VALUE;

    private final ShardContext shard;
    private final AppliedState state;
    private final ReadProbe probe;
    private final QueryRunner queries;
    private final Set<WaitingRead> waitingReads = ConcurrentHashMap.newKeySet();
    /** Monotonic time at which a linearizable barrier began that this replica has caught up with; NEVER before the first. */
    private final AtomicLong freshAsOfNanos = new AtomicLong(NEVER);

    ShardReads(ShardContext shard) {
        this.shard = shard;
        this.state = shard.state();
        this.probe = new ReadProbe(
                shard.view(), shard.descriptor().groupId(), shard.node().peers(), shard.metrics());
        this.queries = new QueryRunner(
                shard.descriptor().shard(),
                state::query,
                shard.node().executors().queries(),
                NodeExecutors.queriesOfAShard());
    }

    /** As {@link io.quorate.statemachine.host.HostedShard#query}. */
    CompletableFuture<QueryResult> query(Bytes query, ReadConsistency consistency, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        CompletableFuture<QueryResult> answer = new CompletableFuture<>();
        readBarrier(consistency, deadline).whenComplete((lsn, failure) -> {
            if (failure == null) {
                queries.ask(query, deadline, answer);
            } else {
                answer.completeExceptionally(unwrapped(failure));
            }
        });
        return answer;
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** As {@link io.quorate.wal.log.ReplicatedLog#readBarrier}. */
    CompletableFuture<Lsn> readBarrier(ReadConsistency consistency, Duration timeout) {
        return readBarrier(consistency, System.nanoTime() + timeout.toNanos());
    }

    private CompletableFuture<Lsn> readBarrier(ReadConsistency consistency, long deadlineNanos) {
        CompletableFuture<Void> barrier;
        try {
            barrier = barrier(consistency, deadlineNanos);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        CompletableFuture<Lsn> reached =
                barrier.thenApply(nothing -> new Lsn(state.appliedLsn().value()));
        if (reached.isDone() && !reached.isCompletedExceptionally()) { // as most are: nothing more is made for them
            return reached;
        }
        return reached.exceptionallyCompose(this::readFailure);
    }

    private CompletableFuture<Lsn> readFailure(Throwable failure) {
        Throwable cause = unwrapped(failure);
        if (cause instanceof ReadUnavailableException unavailable) {
            return CompletableFuture.failedFuture(unavailable);
        }
        RejectReason reason = cause instanceof TimeoutException ? RejectReason.DEADLINE : RejectReason.UNAVAILABLE;
        return CompletableFuture.failedFuture(new ReadUnavailableException(
                reason, "shard " + shard.descriptor().shard() + " cannot serve this read: " + cause));
    }

    private CompletableFuture<Void> barrier(ReadConsistency consistency, long deadlineNanos) {
        if (consistency instanceof ReadConsistency.Eventual) {
            return CompletableFuture.completedFuture(null);
        }
        if (consistency instanceof ReadConsistency.Session session) {
            return state.appliedLsn().await(session.atLeast().value(), deadlineNanos);
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
                .thenCompose(index -> state.appliedIndex().await(index, deadlineNanos));
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

    private CompletableFuture<Long> readIndex() {
        RaftView view = shard.view();
        if (view.leads()) {
            return probe.readIndex();
        }
        Optional<Peer> leader = view.leader().filter(peer -> !peer.id().equals(view.self()));
        if (leader.isEmpty()) {
            return CompletableFuture.failedFuture(new ReadUnavailableException(
                    RejectReason.NOT_LEADER, "shard " + shard.descriptor().shard() + " has no leader now"));
        }
        return shard.node().peers().readIndex(leader.get(), shard.descriptor().groupId());
    }

    /** For another replica: the index that it must have applied before a read that it took before this call may be answered. */
    CompletableFuture<Long> confirmedIndex() {
        return probe.readIndex();
    }

    /** Called every few milliseconds. */
    void expire(long nowNanos) {
        for (WaitingRead read : waitingReads) {
            if (read.deadlineNanos() - nowNanos <= 0 && waitingReads.remove(read)) {
                read.index().completeExceptionally(new TimeoutException("no majority confirmed the leader in time"));
            }
        }
        state.appliedIndex().expire(nowNanos);
        state.appliedLsn().expire(nowNanos);
        state.dropOutdatedSnapshot();
        queries.expire(nowNanos);
    }

    /** Answers no more queries; those that are being answered are interrupted. */
    void close() {
        queries.close();
    }
}
