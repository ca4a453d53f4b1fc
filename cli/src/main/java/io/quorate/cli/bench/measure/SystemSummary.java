package io.quorate.cli.bench.measure;

import io.quorate.cli.bench.load.Workload;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The runs of one system taken together: medians of rates, percentiles and durations, the largest maximum, the sum of errors.
 *
 * @param runs in the order they were made, from 1, all of one system
 */
public record SystemSummary(List<RunResult> runs) {
    public SystemSummary {
        runs = List.copyOf(runs);
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("no runs to summarise");
        }
        if (runs.stream().map(RunResult::system).distinct().count() != 1) {
            throw new IllegalArgumentException("runs of several systems");
        }
    }

    public Role role() {
        return runs.get(0).role();
    }

    public String system() {
        return runs.get(0).system();
    }

    public Workload workload() {
        return runs.get(0).workload();
    }

    public double entriesPerSecond() {
        return median(RunResult::entriesPerSecond);
    }

    public double requestsPerSecond() {
        return median(r -> r.measured().requestsPerSecond());
    }

    /** Median over the runs of one figure of their latency. */
    public double latency(ToDoubleFunction<LatencySummary> figure) {
        return median(r -> figure.applyAsDouble(r.measured().latency()));
    }

    public double maxMillis() {
        return runs.stream()
                .mapToDouble(r -> r.measured().latency().maxMillis())
                .max()
                .orElseThrow();
    }

    public long errorCount() {
        return runs.stream().mapToLong(r -> r.measured().errorCount()).sum();
    }

    /** Whether every run was steady when its measured time began. */
    public boolean steady() {
        return runs.stream().allMatch(r -> r.measured().steady());
    }

    public double warmupSeconds() {
        return median(r -> r.measured().warmupSeconds());
    }

    /** The run whose throughput is the median, the lower one of two: the one to show where only one can be. */
    public RunResult typical() {
        return runs.stream()
                .sorted(Comparator.comparingDouble(RunResult::entriesPerSecond))
                .toList()
                .get((runs.size() - 1) / 2);
    }

    private double median(ToDoubleFunction<RunResult> figure) {
        double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1
                ? sorted[middle]
                : Arrays.stream(sorted, middle - 1, middle + 1).sum() / 2;
    }
}
