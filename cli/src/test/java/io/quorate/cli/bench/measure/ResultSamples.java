package io.quorate.cli.bench.measure;

import io.quorate.cli.bench.load.ErrorCount;
import io.quorate.cli.bench.load.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.HdrHistogram.Histogram;

/** Results of runs that never happened, for tests of what is made of results. */
public final class ResultSamples {
    private ResultSamples() {}

    /** A run of so many requests a second with one error, latencies from 0.5 ms, and a maximum of 20 ms and the round. */
    public static RunResult run(Role role, String system, int round, double requestsPerSecond) {
        Histogram nanos = new Histogram(3);
        for (int i = 0; i < 10_000; i++) {
            nanos.recordValue(500_000 + i * 100L);
        }
        LatencySummary of = LatencySummary.of(nanos);
        LatencySummary latency = new LatencySummary(
                of.count(),
                of.meanMillis(),
                of.p50Millis(),
                of.p90Millis(),
                of.p99Millis(),
                of.p999Millis(),
                20 + round,
                of.curve());
        MeasuredRun measured = new MeasuredRun(
                requestsPerSecond,
                latency,
                List.of(new ErrorCount("TimeoutException", 1, "late <&> \"quoted\"")),
                true,
                0.04,
                5,
                4,
                0,
                series(-4, requestsPerSecond / 2),
                series(1, requestsPerSecond));
        CpuSplit cpu = new CpuSplit(
                2,
                List.of(
                        new ProcessCpu("s1", 0.5, 0.5, OptionalLong.of(90 << 20), OptionalLong.of(100 << 20)),
                        new ProcessCpu("s2", 0.25, 0.25, OptionalLong.empty(), OptionalLong.empty()),
                        new ProcessCpu(
                                CpuMeter.SELF, 0.25, 0.25, OptionalLong.of(50 << 20), OptionalLong.of(50 << 20))),
                OptionalDouble.of(0.4));
        return new RunResult(
                role,
                system,
                round,
                Workload.closedAppends(4, 2, 256),
                measured,
                cpu,
                Optional.of("s1"),
                Optional.of("s1"));
    }

    private static List<IntervalStats> series(int first, double requestsPerSecond) {
        List<IntervalStats> series = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            series.add(new IntervalStats(first + i, requestsPerSecond * (1 + i % 2 * 0.1), 0.9, 1.4, 3 + i, 0, 0));
        }
        return series;
    }
}
