package io.quorate.cli.bench.load;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What was recorded between two moments.
 *
 * @param startNanos of the load clock
 * @param endNanos of the load clock, after the start
 * @param latencies of the operations that succeeded, in nanoseconds; owned by the receiver
 * @param errors one for each kind, sorted by kind
 */
public record Interval(long startNanos, long endNanos, Histogram latencies, List<ErrorCount> errors) {
    public Interval {
        if (endNanos <= startNanos) {
            throw new IllegalArgumentException("interval ends at " + endNanos + ", not after " + startNanos);
        }
        errors = List.copyOf(errors);
    }

    public double seconds() {
        return (endNanos - startNanos) / 1e9;
    }

    /** Operations that succeeded, per second. */
    public double requestsPerSecond() {
        return latencies.getTotalCount() / seconds();
    }
}
