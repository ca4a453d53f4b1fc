package io.quorate.cli.bench.measure;

/**
 * One point of a latency distribution.
 *
 * @param percentile 0 to 100
 * @param millis latency that this share of the operations did not exceed
 */
public record PercentilePoint(double percentile, double millis) {
    public PercentilePoint {
        if (!(percentile >= 0 && percentile <= 100)) {
            throw new IllegalArgumentException("percentile not in 0..100: " + percentile);
        }
    }
}
