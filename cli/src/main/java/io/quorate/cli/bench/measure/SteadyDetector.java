package io.quorate.cli.bench.measure;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;

/**
 * Says when throughput has stopped changing: slides over the last intervals and compares their windows by a {@link
 * SteadyRule}. A system that does nothing is never steady. Pure; one thread.
 */
public final class SteadyDetector {
    private final SteadyRule rule;
    /** The latest intervals, oldest first; at most {@link SteadyRule#intervals}. */
    private final Deque<Double> latest = new ArrayDeque<>();

    public SteadyDetector(SteadyRule rule) {
        this.rule = rule;
    }

    /** Adds the throughput of one more interval, in any unit, from 0. */
    public void add(double throughput) {
        if (!(throughput >= 0)) {
            throw new IllegalArgumentException("throughput not from 0: " + throughput);
        }
        if (latest.size() == rule.intervals()) {
            latest.removeFirst();
        }
        latest.addLast(throughput);
    }

    /** Relative spread of the last windows; empty until there are enough, and while nothing was done in them. */
    public OptionalDouble spread() {
        if (latest.size() < rule.intervals()) {
            return OptionalDouble.empty();
        }
        double[] sums = new double[rule.windows()];
        int i = 0;
        for (double throughput : latest) {
            sums[i++ / rule.intervalsPerWindow()] += throughput;
        }
        double min = Double.MAX_VALUE;
        double max = 0;
        double total = 0;
        for (double sum : sums) {
            min = Math.min(min, sum);
            max = Math.max(max, sum);
            total += sum;
        }
        return total == 0 ? OptionalDouble.empty() : OptionalDouble.of((max - min) / (total / sums.length));
    }

    public boolean isSteady() {
        OptionalDouble spread = spread();
        return spread.isPresent() && spread.getAsDouble() <= rule.maxSpread();
    }
}
