package io.quorate.statemachine.raft;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The use of something that is replaced, and closed in the end: by many at once, by nobody while it is replaced, and it is freed only
 * once nobody uses it. Thread-safe.
 */
final class SharedUse {
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private int users;
    private boolean replacing;
    private boolean closed;
    /** What whoever leaves last is to do; null unless closing has given up waiting. */
    private Runnable atLast;

    /** Begins a use, to be followed by {@link #exit}; waits while it is replaced. False if it is closed. */
    synchronized boolean enter() {
        boolean interrupted = false;
        while (replacing && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return tryEnter();
    }

    /** As {@link #enter}, but false also while it is replaced. */
    synchronized boolean tryEnter() {
        if (replacing || closed) {
            return false;
        }
        users++;
        return true;
    }

    /** Ends a use. */
    void exit() {
        synchronized (this) {
            users--;
        }
        left();
    }

    /**
     * Waits until nobody uses it; to be followed by {@link #endReplacing}.
     *
     * @param letGo asked again and again while somebody does: true gives up, as an interrupt does
     * @return false if it gave up, or it is closed
     */
    boolean beginReplacing(BooleanSupplier letGo) {
        synchronized (this) {
            if (closed) {
                return false;
            }
            replacing = true;
        }
        while (!awaitUsers(LOOK_AGAIN_NANOS)) {
            if (letGo.getAsBoolean() || Thread.currentThread().isInterrupted()) {
                endReplacing();
                return false;
            }
        }
        return true;
    }

    void endReplacing() {
        synchronized (this) {
            replacing = false;
        }
        left();
    }

    /**
     * Lets no use begin any more, and frees it as soon as nobody uses it: here, or where the last one leaves.
     *
     * @param atMost to wait for that
     * @param free may be called once for each call of this
     * @return false if it was in use for longer than that, or the thread was interrupted: it is freed later
     */
    boolean close(Duration atMost, Runnable free) {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        awaitUsers(atMost.toNanos());
        synchronized (this) {
            atLast = free;
        }
        return left();
    }

    private synchronized boolean awaitUsers(long atMostNanos) {
        long deadline = System.nanoTime() + atMostNanos;
        while (users > 0) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /** True if it was freed. */
    private boolean left() {
        Runnable free;
        synchronized (this) {
            notifyAll();
            if (users > 0 || replacing || atLast == null) {
                return false;
            }
            free = atLast;
            atLast = null;
        }
        free.run();
        return true;
    }
}
