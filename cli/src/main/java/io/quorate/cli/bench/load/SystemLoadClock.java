package io.quorate.cli.bench.load;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine's clock with one timer thread.
 *
 * <p>Timers fire up to some 0.1 ms late on a quiet machine; a generator that counts from the intended time counts this delay too.
 */
public final class SystemLoadClock implements LoadClock, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SystemLoadClock.class);

    private final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "bench-timer");
        thread.setDaemon(true);
        return thread;
    });

    public SystemLoadClock() {
        timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void schedule(long atNanos, Runnable task) {
        timers.schedule(() -> run(task), atNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /** An executor would keep what a task throws in a future that nobody reads. */
    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.error("a timer of the load generator failed; the run cannot be trusted", e);
            throw e;
        }
    }

    @Override
    public void sleepUntil(long atNanos) throws InterruptedException {
        long wait = atNanos - System.nanoTime();
        if (wait > 0) {
            TimeUnit.NANOSECONDS.sleep(wait);
        }
    }

    /** Drops the timers that have not fired. */
    @Override
    public void close() {
        timers.shutdownNow();
    }
}
