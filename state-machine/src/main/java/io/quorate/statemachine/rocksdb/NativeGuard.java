package io.quorate.statemachine.rocksdb;

import io.quorate.statemachine.store.StateStoreException;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Keeps native objects alive while they are used: uses hold the read side, closing waits for them to end. Use of a closed
 * object is a named exception instead of a crash of the JVM. Thread-safe.
 */
final class NativeGuard implements RocksDbView.Lease {
    private final String name;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    /** Set before closing waits, so that long uses can end early. */
    private volatile boolean closing;
    /** Guarded by the write side. */
    private boolean freed;

    NativeGuard(String name) {
        this.name = name;
    }

    /**
     * Begins a use. To be followed by {@link #exit} on the same thread. May be nested.
     *
     * @throws StateStoreException if it is closed, or about to be
     */
    @Override
    public void enter() {
        if (!tryEnter()) {
            throw closed();
        }
    }

    /** As {@link #enter}, but answers false instead of throwing. */
    boolean tryEnter() {
        if (closing) {
            return false; // without queueing behind the one who closes
        }
        lock.readLock().lock();
        if (closing) {
            lock.readLock().unlock();
            return false;
        }
        return true;
    }

    @Override
    public void exit() {
        lock.readLock().unlock();
    }

    @Override
    public void checkOpen() {
        if (closing) {
            throw closed();
        }
    }

    private StateStoreException closed() {
        return new StateStoreException(name + " is closed");
    }

    /**
     * Lets no further use begin, waits for those under way, and frees. A second call does nothing.
     *
     * @throws IllegalStateException if the calling thread is using it, and so would wait for itself
     */
    void close(Runnable free) {
        if (lock.getReadHoldCount() > 0) {
            throw new IllegalStateException(name + " closed by a thread that is reading it");
        }
        closing = true;
        lock.writeLock().lock();
        try {
            if (!freed) {
                freed = true;
                free.run();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
