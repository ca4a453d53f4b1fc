package io.quorate.cli.bench.measure;

/**
 * When a system counts as warm.
 *
 * @param windows how many windows in a row are compared, from 2
 * @param intervalsPerWindow length of a window in intervals of the measurement, from 1
 * @param maxSpread largest accepted relative spread of their throughput, {@code (max - min) / mean}; above 0
 */
public record SteadyRule(int windows, int intervalsPerWindow, double maxSpread) {
    public SteadyRule {
        if (windows < 2) {
            throw new IllegalArgumentException("windows < 2: " + windows);
        }
        if (intervalsPerWindow < 1) {
            throw new IllegalArgumentException("intervalsPerWindow < 1: " + intervalsPerWindow);
        }
        if (!(maxSpread > 0)) {
            throw new IllegalArgumentException("maxSpread not above 0: " + maxSpread);
        }
    }

    /** Intervals that must have passed before the rule can hold. */
    public int intervals() {
        return windows * intervalsPerWindow;
    }
}
