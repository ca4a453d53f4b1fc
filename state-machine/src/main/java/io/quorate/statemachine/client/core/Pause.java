package io.quorate.statemachine.client.core;

import java.util.random.RandomGenerator;

/** Waiting after refusals, longer with each in a row. */
final class Pause {
    private final Backoff backoff;
    private final RandomGenerator random;
    private int failures;
    private boolean pausing;
    private long untilNanos;

    Pause(Backoff backoff, RandomGenerator random) {
        this.backoff = backoff;
        this.random = random;
    }

    boolean holds(long now) {
        tick(now);
        return pausing;
    }

    /** Ends the pause if it is over: else {@link #earlier} would name its end again and again. */
    void tick(long now) {
        if (pausing && untilNanos - now <= 0) {
            pausing = false;
        }
    }

    /** Begins a pause, unless there is one. */
    void begin(long now) {
        if (!holds(now)) {
            pausing = true;
            untilNanos = now + backoff.nanos(failures, random);
            failures++;
        }
    }

    void succeeded() {
        failures = 0;
    }

    /** Ends the pause: the reason for it is gone. */
    void end() {
        pausing = false;
        failures = 0;
    }

    /** The earlier of a time and the end of the pause. */
    long earlier(long otherNanos) {
        return pausing && untilNanos - otherNanos < 0 ? untilNanos : otherNanos;
    }
}
