package io.quorate.cli.bench.measure;

import java.time.Duration;
import java.util.Objects;

/**
 * The phases of one run: warm-up until steady, measured time, drain.
 *
 * @param interval length of one point of the time series; above 0
 * @param steady when the warm-up may end
 * @param minWarmup the warm-up lasts at least this long; from 0
 * @param maxWarmup it ends here, steady or not; at least minWarmup
 * @param measured counted time; at least one interval
 * @param drainTimeout how long after it open operations are waited for; from 0
 */
public record MeasurementPlan(
        Duration interval,
        SteadyRule steady,
        Duration minWarmup,
        Duration maxWarmup,
        Duration measured,
        Duration drainTimeout) {
    public MeasurementPlan {
        Objects.requireNonNull(steady, "steady");
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("interval not above 0: " + interval);
        }
        if (minWarmup.isNegative()) {
            throw new IllegalArgumentException("minWarmup < 0: " + minWarmup);
        }
        if (maxWarmup.compareTo(minWarmup) < 0) {
            throw new IllegalArgumentException("maxWarmup " + maxWarmup + " < minWarmup " + minWarmup);
        }
        if (measured.compareTo(interval) < 0) {
            throw new IllegalArgumentException("measured " + measured + " < interval " + interval);
        }
        if (drainTimeout.isNegative()) {
            throw new IllegalArgumentException("drainTimeout < 0: " + drainTimeout);
        }
    }

    /** Intervals of the measured time; a part of one at the end is left out. */
    public int measuredIntervals() {
        return Math.toIntExact(measured.dividedBy(interval));
    }
}
