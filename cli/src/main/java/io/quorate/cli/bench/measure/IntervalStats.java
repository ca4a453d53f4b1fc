package io.quorate.cli.bench.measure;

import io.quorate.cli.bench.load.ErrorCount;
import io.quorate.cli.bench.load.Interval;

/**
 * One point of a time series.
 *
 * @param endSeconds end of the interval, counted from the beginning of the measured time; up to 0 in the warm-up
 * @param requestsPerSecond answered well in the interval
 * @param p50Millis latency of those, 0 when there was none; likewise p99 and max
 * @param errors failed in the interval
 * @param backlog arrivals that waited to be sent at its end
 */
public record IntervalStats(
        double endSeconds,
        double requestsPerSecond,
        double p50Millis,
        double p99Millis,
        double maxMillis,
        long errors,
        long backlog) {
    private static final double NANOS_PER_MILLI = 1e6;

    static IntervalStats of(Interval interval, long originNanos, long backlog) {
        return new IntervalStats(
                (interval.endNanos() - originNanos) / 1e9,
                interval.requestsPerSecond(),
                LatencySummary.millis(interval.latencies(), 50),
                LatencySummary.millis(interval.latencies(), 99),
                interval.latencies().getMaxValue() / NANOS_PER_MILLI,
                interval.errors().stream().mapToLong(ErrorCount::count).sum(),
                backlog);
    }
}
