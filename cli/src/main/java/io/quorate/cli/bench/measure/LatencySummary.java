package io.quorate.cli.bench.measure;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Latencies of the operations that succeeded, in milliseconds; all 0 when there was none.
 *
 * @param count operations
 * @param curve the distribution, finer towards the slow end, up to the last percentile that this many operations show
 */
public record LatencySummary(
        long count,
        double meanMillis,
        double p50Millis,
        double p90Millis,
        double p99Millis,
        double p999Millis,
        double maxMillis,
        List<PercentilePoint> curve) {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final int STEPS_PER_NINE = 10;
    private static final int MAX_NINES = 5;

    public LatencySummary {
        if (count < 0) {
            throw new IllegalArgumentException("count < 0: " + count);
        }
        curve = List.copyOf(curve);
    }

    /** Summary of a histogram of nanoseconds. */
    public static LatencySummary of(Histogram nanos) {
        if (nanos.getTotalCount() == 0) {
            return new LatencySummary(0, 0, 0, 0, 0, 0, 0, List.of());
        }
        return new LatencySummary(
                nanos.getTotalCount(),
                nanos.getMean() / NANOS_PER_MILLI,
                millis(nanos, 50),
                millis(nanos, 90),
                millis(nanos, 99),
                millis(nanos, 99.9),
                nanos.getMaxValue() / NANOS_PER_MILLI,
                curve(nanos));
    }

    static double millis(Histogram nanos, double percentile) {
        return nanos.getValueAtPercentile(percentile) / NANOS_PER_MILLI;
    }

    private static List<PercentilePoint> curve(Histogram nanos) {
        List<PercentilePoint> points = new ArrayList<>();
        for (int step = 0; step <= MAX_NINES * STEPS_PER_NINE; step++) {
            double above = Math.pow(10, -(double) step / STEPS_PER_NINE);
            if (above * nanos.getTotalCount() < 1) {
                break; // Beyond it one operation would stand for the percentile: that is the maximum.
            }
            double percentile = 100 * (1 - above);
            points.add(new PercentilePoint(percentile, millis(nanos, percentile)));
        }
        return points;
    }
}
