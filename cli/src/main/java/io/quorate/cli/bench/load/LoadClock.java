package io.quorate.cli.bench.load;

/** Monotonic time and timers of a load run. */
public interface LoadClock {
    /** Nanoseconds from an arbitrary origin; never goes back. */
    long nanoTime();

    /** Runs the task once, at this time or as soon after it as can be, on the thread of this clock. */
    void schedule(long atNanos, Runnable task);

    /** Blocks the caller until this time; returns at once when it has passed. */
    void sleepUntil(long atNanos) throws InterruptedException;
}
