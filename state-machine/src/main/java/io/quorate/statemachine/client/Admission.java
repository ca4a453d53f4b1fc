package io.quorate.statemachine.client;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts what is outstanding; bounds the client's memory. Without contention for room it takes no lock. */
final class Admission {
    private static final int BYTES_BITS = 42;
    private static final long ONE = 1L << BYTES_BITS;
    private static final long BYTES_MASK = ONE - 1;

    private final int maxCount;
    private final long maxBytes;
    /** Requests in the upper 22 bits, bytes in the lower 42. */
    private final AtomicLong used = new AtomicLong();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    /** Callers that wait; guarded by the lock, read without it. */
    private volatile int waiting;

    private volatile boolean closed;

    Admission(int maxCount, long maxBytes) {
        this.maxCount = maxCount;
        this.maxBytes = Math.min(maxBytes, BYTES_MASK / 2);
    }

    long maxBytes() {
        return maxBytes;
    }

    int count() {
        return (int) (used.get() >>> BYTES_BITS);
    }

    /** Takes room for one request; false if there is none. */
    boolean tryTake(int bytes) {
        while (true) {
            long now = used.get();
            if ((now >>> BYTES_BITS) >= maxCount || (now & BYTES_MASK) + bytes > maxBytes) {
                return false;
            }
            if (used.compareAndSet(now, now + ONE + bytes)) {
                return true;
            }
        }
    }

    /**
     * Takes room for one request, waiting for it.
     *
     * @param deadlineNanos by {@link System#nanoTime}
     * @return false if there was none by the deadline, or the client was closed
     * @throws InterruptedException if the caller is interrupted while it waits
     */
    boolean take(int bytes, long deadlineNanos) throws InterruptedException {
        if (tryTake(bytes)) {
            return true;
        }
        lock.lockInterruptibly();
        try {
            waiting++;
            while (!closed) {
                if (tryTake(bytes)) {
                    return true;
                }
                long left = deadlineNanos - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                room.awaitNanos(left);
            }
            return false;
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    void giveBack(int count, long bytes) {
        used.addAndGet(-(count * ONE + bytes));
        if (waiting > 0) {
            wakeAll();
        }
    }

    private void wakeAll() {
        lock.lock();
        try {
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lets everybody who waits go without room. */
    void close() {
        closed = true;
        wakeAll();
    }
}
