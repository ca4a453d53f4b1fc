package io.quorate.statemachine.raft;

import java.time.Duration;
import java.util.Optional;

/**
 * Tells whether a replica's log or its apply stands still: a disk that hangs in a write or an fsync makes no error, and an apply
 * function that does not return neither. Pure: what is seen and the time are arguments. Used by one thread.
 *
 * <p>Time counts only while it is looked at, and at most {@link #LONGEST_STEP} for a look: a process that was stopped, or a machine
 * that slept, was not waiting for its disk all the while.
 */
final class ProgressWatch {
    private static final Duration LONGEST_STEP = Duration.ofSeconds(2);

    /** What stands still. */
    enum Standstill {
        LOG,
        APPLY
    }

    /** What was found; the message says what to do. */
    record Finding(Standstill what, String message) {}

    /**
     * What a replica shows of itself, as Raft indices; -1 where there is nothing.
     *
     * @param logged the last entry that the log took
     * @param flushed the last one that is on the disk
     * @param committed the last one known to be committed
     * @param applied the last one applied
     */
    record Progress(long logged, long flushed, long committed, long applied) {}

    private final Duration limit;
    private final Wait log = new Wait();
    private final Wait apply = new Wait();
    private boolean looked;
    private long lastNanos;

    /** @param limit how long nothing may move while something waits */
    ProgressWatch(Duration limit) {
        this.limit = limit;
    }

    /** Empty if both move, or have nothing to do. */
    Optional<Finding> look(long nowNanos, Progress now) {
        long step = looked ? Math.min(nowNanos - lastNanos, LONGEST_STEP.toNanos()) : 0;
        looked = true;
        lastNanos = nowNanos;
        boolean logStands = log.isTooLong(step, now.flushed(), now.logged());
        boolean applyStands = apply.isTooLong(step, now.applied(), now.committed());
        if (logStands) {
            return Optional.of(new Finding(
                    Standstill.LOG,
                    "the Raft log hangs: entries up to " + now.logged() + " wait, and nothing behind " + now.flushed()
                            + " came to the disk for " + limit.toSeconds()
                            + " s; look at the disk. The replica gives up leadership until it goes on by itself"));
        }
        if (applyStands) {
            return Optional.of(new Finding(
                    Standstill.APPLY,
                    "apply hangs: entries up to " + now.committed() + " are committed, and nothing behind "
                            + now.applied() + " was applied for " + limit.toSeconds()
                            + " s; look at the application and at the disk"));
        }
        return Optional.empty();
    }

    /** How long one thing has waited for the next step of another. */
    private final class Wait {
        private boolean waiting;
        private long at;
        private long nanos;

        boolean isTooLong(long step, long done, long wanted) {
            if (done >= wanted) {
                waiting = false;
                return false;
            }
            if (waiting && done == at) {
                nanos += step;
            } else {
                waiting = true;
                at = done;
                nanos = 0;
            }
            return nanos > limit.toNanos();
        }
    }
}
