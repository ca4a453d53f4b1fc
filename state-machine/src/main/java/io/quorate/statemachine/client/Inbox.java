package io.quorate.statemachine.client;

import java.util.ArrayList;
import java.util.List;

/**
 * Hand-over from many callers to the client's thread. The first request after a pause wakes the thread, or, if the thread said so,
 * a later one; those that come until it has taken everything join it. Bounded by what the client may have outstanding.
 */
final class Inbox<T> {
    enum Added {
        /** The client's thread must be woken. */
        FIRST,
        /** It is awake. */
        JOINED,
        /** Not added. */
        CLOSED
    }

    private List<T> waiting = new ArrayList<>();
    /** Requests that must wait before the thread is woken; at least one. */
    private int wakeAt = 1;
    /** Invariant: true from the request that asked for the thread until it took everything. */
    private boolean awaited;

    private boolean closed;

    synchronized Added add(T request) {
        if (closed) {
            return Added.CLOSED;
        }
        waiting.add(request);
        if (awaited || waiting.size() < wakeAt) {
            return Added.JOINED;
        }
        awaited = true;
        return Added.FIRST;
    }

    /**
     * Lets so many requests gather before the thread is woken; whoever says more than one looks here again soon.
     *
     * @return true if so many are there already: they must be taken
     */
    synchronized boolean wakeAt(int requests) {
        wakeAt = Math.max(1, requests);
        return !awaited && waiting.size() >= wakeAt;
    }

    synchronized List<T> takeAll() {
        awaited = false;
        if (waiting.isEmpty()) {
            return List.of();
        }
        List<T> taken = waiting;
        waiting = new ArrayList<>(Math.min(taken.size(), 1024));
        return taken;
    }

    synchronized void close() {
        closed = true;
    }
}
