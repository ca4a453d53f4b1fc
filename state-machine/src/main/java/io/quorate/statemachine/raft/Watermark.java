package io.quorate.statemachine.raft;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/** A number that only grows, and those who wait for it to reach a value. Thread-safe. */
final class Watermark {
    private record Waiter(long value, long deadlineNanos, CompletableFuture<Void> future) {}

    private final PriorityQueue<Waiter> waiters = new PriorityQueue<>(Comparator.comparingLong(Waiter::value));
    /** Written under the lock. */
    private volatile long value;
    /** Why nobody needs to wait any more; guarded by this. */
    private RuntimeException ended;

    Watermark(long value) {
        this.value = value;
    }

    long value() {
        return value;
    }

    /**
     * Completes when the mark is at or above {@code wanted}; fails with a {@link TimeoutException} at the first {@link #expire}
     * after the deadline, and with what {@link #fail} was given from then on. The caller bounds the number of waiters.
     */
    CompletableFuture<Void> await(long wanted, long deadlineNanos) {
        if (value >= wanted) {
            return CompletableFuture.completedFuture(null);
        }
        synchronized (this) {
            if (value >= wanted) {
                return CompletableFuture.completedFuture(null);
            }
            if (ended != null) {
                return CompletableFuture.failedFuture(ended);
            }
            Waiter waiter = new Waiter(wanted, deadlineNanos, new CompletableFuture<>());
            waiters.add(waiter);
            return waiter.future();
        }
    }

    void advance(long newValue) {
        List<Waiter> reached = new ArrayList<>();
        synchronized (this) {
            if (newValue <= value) {
                return;
            }
            value = newValue;
            while (!waiters.isEmpty() && waiters.peek().value() <= newValue) {
                reached.add(waiters.poll());
            }
        }
        reached.forEach(waiter -> waiter.future().complete(null));
    }

    void expire(long nowNanos) {
        List<Waiter> late = new ArrayList<>(0);
        synchronized (this) {
            if (waiters.isEmpty()) {
                return;
            }
            waiters.removeIf(waiter -> waiter.deadlineNanos() - nowNanos <= 0 && late.add(waiter));
        }
        late.forEach(waiter -> waiter.future()
                .completeExceptionally(new TimeoutException("applied " + value + ", waited for " + waiter.value())));
    }

    /** Fails all that wait, and all that would wait from now on: the mark does not grow any more. */
    void fail(RuntimeException cause) {
        List<Waiter> failed;
        synchronized (this) {
            ended = cause;
            failed = new ArrayList<>(waiters);
            waiters.clear();
        }
        failed.forEach(waiter -> waiter.future().completeExceptionally(cause));
    }
}
