package io.quorate.cli.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LatencySummaryTest {
    @Test
    void percentilesAreInMillisecondsWithinThreeDigits() {
        Histogram nanos = new Histogram(3);
        for (int i = 1; i <= 1000; i++) {
            nanos.recordValue(i * 1_000_000L);
        }

        LatencySummary summary = LatencySummary.of(nanos);

        assertThat(summary.count()).isEqualTo(1000);
        assertThat(summary.p50Millis()).isCloseTo(500, within(1.0));
        assertThat(summary.p90Millis()).isCloseTo(900, within(1.0));
        assertThat(summary.p99Millis()).isCloseTo(990, within(1.0));
        assertThat(summary.p999Millis()).isCloseTo(999, within(1.0));
        assertThat(summary.maxMillis()).isCloseTo(1000, within(1.0));
        assertThat(summary.meanMillis()).isCloseTo(500.5, within(1.0));
    }

    @Test
    void curveRisesAndEndsWhereOneOperationWouldStandForAPercentile() {
        Histogram nanos = new Histogram(3);
        for (int i = 1; i <= 1000; i++) {
            nanos.recordValue(i * 1_000_000L);
        }

        var curve = LatencySummary.of(nanos).curve();

        assertThat(curve.get(0).percentile()).isZero();
        assertThat(curve.get(curve.size() - 1).percentile()).isCloseTo(99.9, within(1e-9));
        assertThat(curve).isSortedAccordingTo((a, b) -> Double.compare(a.millis(), b.millis()));
    }

    @Test
    void nothingMeasuredIsAllZero() {
        assertThat(LatencySummary.of(new Histogram(3))).isEqualTo(new LatencySummary(0, 0, 0, 0, 0, 0, 0, List.of()));
    }
}
