package io.quorate.statemachine.client.core;

import java.util.random.RandomGenerator;

/** Waiting times that double up to a cap, half of each drawn at random, so that clients do not return in step. */
record Backoff(long initialNanos, long maxNanos) {
    Backoff {
        if (initialNanos < 1 || maxNanos < initialNanos) {
            throw new IllegalArgumentException("backoff from " + initialNanos + " to " + maxNanos + " ns");
        }
    }

    /** @param failures in a row so far, from 0 */
    long nanos(int failures, RandomGenerator random) {
        int doublings = Math.min(failures, 30);
        long full = initialNanos > maxNanos >> doublings ? maxNanos : initialNanos << doublings;
        return full - random.nextLong(full / 2 + 1);
    }
}
