package io.quorate.statemachine.raft;

import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Groups that are to be opened anew, and when it is tried: one try at a time, with a pause between two. Thread-safe. */
final class Reopening {
    private final Set<UUID> wanted = ConcurrentHashMap.newKeySet();
    private final long pauseNanos;
    private boolean running;
    private boolean tried;
    private long lastNanos;

    Reopening(Duration pause) {
        this.pauseNanos = pause.toNanos();
    }

    /** From now on the group is to be opened anew; may be repeated. */
    void want(UUID group) {
        wanted.add(group);
    }

    /** True if the caller shall now call {@link #tryAll}, on a thread that may block. */
    synchronized boolean begins(long nowNanos) {
        if (running || wanted.isEmpty() || (tried && nowNanos - lastNanos < pauseNanos)) {
            return false;
        }
        running = true;
        tried = true;
        lastNanos = nowNanos;
        return true;
    }

    /** @param open true if the group is open again, or not to be served any more */
    void tryAll(Predicate<UUID> open) {
        try {
            wanted.removeIf(open);
        } finally {
            synchronized (this) {
                running = false;
            }
        }
    }
}
