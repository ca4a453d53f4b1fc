package io.quorate.cli.bench.measure;

import io.quorate.cli.bench.load.ErrorCount;
import java.util.List;
import java.util.Objects;

/**
 * What one run showed.
 *
 * @param requestsPerSecond answered well within the measured time
 * @param latency of every request that was answered after the measured time began and was due before it ended, also
 *     those answered only in the drain
 * @param errors of the same time, one for each kind
 * @param steady whether the warm-up ended because throughput was steady
 * @param spread relative spread of the last warm-up windows; NaN when there were too few
 * @param warmupSeconds length of the warm-up
 * @param measuredSeconds length of the measured time
 * @param maxBacklog most arrivals that waited to be sent at the end of any measured interval
 * @param warmupSeries one point an interval; likewise series
 */
public record MeasuredRun(
        double requestsPerSecond,
        LatencySummary latency,
        List<ErrorCount> errors,
        boolean steady,
        double spread,
        double warmupSeconds,
        double measuredSeconds,
        long maxBacklog,
        List<IntervalStats> warmupSeries,
        List<IntervalStats> series) {
    public MeasuredRun {
        Objects.requireNonNull(latency, "latency");
        if (!(measuredSeconds > 0)) {
            throw new IllegalArgumentException("measuredSeconds not above 0: " + measuredSeconds);
        }
        errors = List.copyOf(errors);
        warmupSeries = List.copyOf(warmupSeries);
        series = List.copyOf(series);
    }

    /** Failures of all kinds. */
    public long errorCount() {
        return errors.stream().mapToLong(ErrorCount::count).sum();
    }
}
