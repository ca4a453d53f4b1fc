package io.quorate.statemachine.raft;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Groups that are to be opened anew, and when it is tried: each at once, then with pauses that double from a second up to a minute;
 * one try at a time. Thread-safe.
 */
final class Reopening {
    static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** Who opens groups. May block. */
    interface Groups {
        /** Says why it failed; empty if the group is open, or not to be served any more. */
        Optional<String> open(UUID group);

        /** Told once for each change of the cause. */
        void failed(UUID group, String cause, Duration untilNextTry);
    }

    /** @param cause of the last failure; empty before the first try */
    private record Wanted(Optional<String> cause, Duration pause, long dueNanos) {
        static final Wanted NOW = new Wanted(Optional.empty(), Duration.ZERO, 0);

        boolean isDue(long nowNanos) {
            return cause.isEmpty() || nowNanos - dueNanos >= 0;
        }

        Wanted afterFailure(String why, long nowNanos) {
            Duration next = cause.isEmpty() ? FIRST_PAUSE : pause.multipliedBy(2);
            next = next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next;
            return new Wanted(Optional.of(why), next, nowNanos + next.toNanos());
        }
    }

    private final Map<UUID, Wanted> wanted = new ConcurrentHashMap<>();
    private boolean running;
    private long beganNanos;

    /** From now on the group is to be opened anew; may be repeated, which hastens nothing. */
    void want(UUID group) {
        wanted.putIfAbsent(group, Wanted.NOW);
    }

    /** The group is about to be opened by somebody else: what is wished from now on is about what that opens. */
    void done(UUID group) {
        wanted.remove(group);
    }

    /** True if the caller shall now call {@link #tryDue}, on a thread that may block. */
    synchronized boolean begins(long nowNanos) {
        if (running || wanted.values().stream().noneMatch(group -> group.isDue(nowNanos))) {
            return false;
        }
        running = true;
        beganNanos = nowNanos;
        return true;
    }

    /** After {@link #begins}: tries what was due then. Pauses count from there. */
    void tryDue(Groups groups) {
        long now;
        synchronized (this) {
            now = beganNanos;
        }
        try {
            wanted.forEach((group, before) -> {
                if (before.isDue(now)) {
                    tryOne(groups, group, before, now);
                }
            });
        } finally {
            synchronized (this) {
                running = false;
            }
        }
    }

    /** Taken out first: what is wished while it is tried is a wish of its own, and outlives a try that worked. */
    private void tryOne(Groups groups, UUID group, Wanted before, long now) {
        if (!wanted.remove(group, before)) {
            return; // somebody else opened it meanwhile
        }
        Optional<String> failure = Optional.of("the try broke off");
        try {
            failure = groups.open(group);
        } finally {
            if (failure.isPresent()) {
                wanted.put(group, before.afterFailure(failure.get(), now));
            }
        }
        if (failure.isPresent() && !failure.equals(before.cause())) {
            groups.failed(
                    group,
                    failure.get(),
                    before.afterFailure(failure.get(), now).pause());
        }
    }
}
