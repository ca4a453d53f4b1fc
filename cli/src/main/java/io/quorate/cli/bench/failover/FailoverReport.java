package io.quorate.cli.bench.failover;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What was seen.
 *
 * @param gapsMillis longest time without an acknowledgement of each round, in order
 * @param acknowledged appends in all
 * @param failed appends that ended otherwise than committed
 */
public record FailoverReport(Disturbance disturbance, List<Double> gapsMillis, long acknowledged, long failed) {
    public FailoverReport {
        if (gapsMillis.isEmpty()) {
            throw new IllegalArgumentException("no round was measured");
        }
        gapsMillis = List.copyOf(gapsMillis);
    }

    /** A percentile of the gaps by nearest rank; of few rounds the upper ones are the maximum. */
    public double percentileMillis(double percentile) {
        List<Double> sorted = gapsMillis.stream().sorted().toList();
        int rank = (int) Math.ceil(percentile / 100 * sorted.size());
        return sorted.get(Math.max(1, rank) - 1);
    }

    /** Of an even number of rounds the lower of the two in the middle. */
    @JsonProperty
    public double p50Millis() {
        return percentileMillis(50);
    }

    @JsonProperty
    public double maxMillis() {
        return Collections.max(gapsMillis);
    }

    /** For people. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%s, %d rounds: gap p50 %.0f ms, p90 %.0f ms, max %.0f ms; %d acknowledged, %d failed",
                disturbance.label(),
                gapsMillis.size(),
                p50Millis(),
                percentileMillis(90),
                maxMillis(),
                acknowledged,
                failed));
        text.append(System.lineSeparator()).append("rounds, ms:");
        gapsMillis.forEach(gap -> text.append(String.format(Locale.ROOT, " %.0f", gap)));
        return text.toString();
    }
}
