package io.quorate.tests.chaos;

import java.util.concurrent.TimeUnit;

/** The longest time without an acknowledged write. Thread-safe. */
final class Silence {
    private long lastNanos = System.nanoTime();
    private long longestNanos;
    private long acknowledged;

    synchronized void broken() {
        long now = System.nanoTime();
        longestNanos = Math.max(longestNanos, now - lastNanos);
        lastNanos = now;
        acknowledged++;
    }

    synchronized long longestMillis() {
        return TimeUnit.NANOSECONDS.toMillis(longestNanos);
    }

    /** How often it was broken: acknowledged writes. */
    synchronized long acknowledged() {
        return acknowledged;
    }
}
