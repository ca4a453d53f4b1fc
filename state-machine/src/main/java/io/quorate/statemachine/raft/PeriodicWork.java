package io.quorate.statemachine.raft;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that is done again and again for as long as its executor lives, whatever a single run ends with. An executor drops what throws
 * without a word, errors included: a node that was short of memory for a moment would never look at a deadline again.
 */
public final class PeriodicWork {
    private static final Logger log = LoggerFactory.getLogger(PeriodicWork.class);

    private PeriodicWork() {}

    /**
     * Does it from now on.
     *
     * @param name of the work, for the log
     * @param delay between the end of a run and the next, and before the first
     */
    public static void start(ScheduledExecutorService executor, String name, Runnable work, long delay, TimeUnit unit) {
        executor.scheduleWithFixedDelay(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException | Error e) {
                        log.error("{} failed; it is tried again", name, e);
                    }
                },
                delay,
                delay,
                unit);
    }
}
