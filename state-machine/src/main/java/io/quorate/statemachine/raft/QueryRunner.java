package io.quorate.statemachine.raft;

import io.quorate.statemachine.host.QueryResult;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Asks the application of one shard on threads that nothing but queries waits for: how long it takes for an answer is its own
 * affair. Queries that are ready are drained by few runners, so that a thousand of them cost one hand-over: the first one goes at
 * once, another runner helps at the next tick where any still waits then, behind slow ones.
 *
 * <p>Bounded by the admission of whoever asks: a node's clients have their stream's credit and the node's bytes in work, which a
 * query holds until it is answered. It is answered by its deadline, unless it is being run by then. Thread-safe, without locks.
 */
final class QueryRunner {
    /** Queries that a runner answers before other shards have their turn on its thread. */
    private static final int TURN = 256;

    /** Answers that are given together: whoever writes them to a client wakes up once for many. */
    private static final int TOGETHER = 128;

    private record Waiting(Bytes query, long deadlineNanos, CompletableFuture<QueryResult> answer) {}

    /** One of result and failure is null. */
    private record Answered(CompletableFuture<QueryResult> answer, QueryResult result, Throwable failure) {
        void give() {
            if (failure == null) {
                answer.complete(result);
            } else {
                answer.completeExceptionally(failure);
            }
        }
    }

    private final ShardId shard;
    private final Function<Bytes, QueryResult> application;
    private final Executor executor;
    private final int parallelism;
    /** In order of arrival. */
    private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();
    /** Given by the runner that answered them, or at the next tick where that one is at a slow query. */
    private final Queue<Answered> answered = new ConcurrentLinkedQueue<>();
    /** Invariant: there is one while anything waits, or whoever made it wait is about to begin one. */
    private final AtomicInteger runners = new AtomicInteger();

    /** Those that answer queries now. Guarded by itself. */
    private final Set<Thread> threads = new HashSet<>();

    private volatile boolean closed;

    /** @param parallelism runners at once, at most; one slow query holds up all others where it is less than 2 */
    QueryRunner(ShardId shard, Function<Bytes, QueryResult> application, Executor executor, int parallelism) {
        this.shard = shard;
        this.application = application;
        this.executor = executor;
        this.parallelism = parallelism;
    }

    /**
     * Asks, on another thread.
     *
     * @param deadlineNanos by {@link System#nanoTime}
     * @param answer fails with what the application throws, or with {@link ReadUnavailableException}
     */
    void ask(Bytes query, long deadlineNanos, CompletableFuture<QueryResult> answer) {
        queue.add(new Waiting(query, deadlineNanos, answer));
        if (closed) {
            refuseAll();
        } else if (runners.get() == 0 && runners.compareAndSet(0, 1)) {
            begin();
        }
    }

    /** Counts one runner more, if there may be. */
    private boolean mayBegin() {
        return runners.getAndUpdate(now -> Math.min(parallelism, now + 1)) < parallelism;
    }

    private void begin() {
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException nodeCloses) {
            close();
        }
    }

    private void run() {
        Thread thread = Thread.currentThread();
        synchronized (threads) {
            threads.add(thread);
        }
        boolean more;
        try {
            more = answerSome();
        } finally {
            synchronized (threads) {
                threads.remove(thread);
                if (closed) {
                    Thread.interrupted(); // it was meant for a query, which has ended
                }
            }
        }
        if (more) {
            begin();
        }
    }

    /** True if this runner is to go on when others have had their turn. */
    private boolean answerSome() {
        for (int done = 1; done <= TURN; done++) {
            Waiting next = queue.poll();
            if (next != null) {
                answered.add(answer(next));
            }
            if (next == null || done % TOGETHER == 0) {
                give();
            }
            if (next == null) {
                runners.decrementAndGet();
                if (queue.isEmpty() || !mayBegin()) { // what came in between may have relied on this runner
                    return false;
                }
            }
        }
        return true;
    }

    private Answered answer(Waiting waiting) {
        if (closed) {
            return new Answered(waiting.answer(), null, closing());
        }
        if (waiting.deadlineNanos() - System.nanoTime() <= 0) {
            return new Answered(waiting.answer(), null, late());
        }
        try {
            return new Answered(waiting.answer(), application.apply(waiting.query()), null);
        } catch (RuntimeException | Error failure) { // of the application: it fails that query, and no thread of ours
            return new Answered(waiting.answer(), null, closed ? interrupted(failure) : failure);
        }
    }

    private void give() {
        Answered next;
        while ((next = answered.poll()) != null) {
            next.give();
        }
    }

    /** Called every few milliseconds: answers what is past its deadline, and helps where queries are slow. */
    void expire(long nowNanos) {
        give();
        if (queue.isEmpty()) {
            return;
        }
        List<Waiting> expired = new ArrayList<>(0);
        queue.removeIf(waiting -> waiting.deadlineNanos() - nowNanos <= 0 && expired.add(waiting));
        expired.forEach(waiting -> waiting.answer().completeExceptionally(late()));
        if (!queue.isEmpty() && mayBegin()) {
            begin();
        }
    }

    private ReadUnavailableException late() {
        return new ReadUnavailableException(
                RejectReason.DEADLINE,
                "the deadline passed while the query waited for others of shard " + shard + ", which are slow");
    }

    private ReadUnavailableException closing() {
        return new ReadUnavailableException(
                RejectReason.UNAVAILABLE, "shard " + shard + " is closing on this node: it answers no more queries");
    }

    private ReadUnavailableException interrupted(Throwable failure) {
        ReadUnavailableException closing = closing();
        closing.addSuppressed(failure);
        return closing;
    }

    /** Refuses all that waits and all that comes, and interrupts what is being run: the replica waits for that, though not for ever. */
    void close() {
        closed = true;
        refuseAll();
        give(); // no tick comes after this
        synchronized (threads) {
            threads.forEach(Thread::interrupt);
        }
    }

    private void refuseAll() {
        Waiting refused;
        while ((refused = queue.poll()) != null) {
            refused.answer().completeExceptionally(closing());
        }
    }
}
