package io.quorate.cli.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class SteadyDetectorTest {
    private static final SteadyRule FIVE_WINDOWS_TEN_PERCENT = new SteadyRule(5, 1, 0.10);

    /** Number of intervals after which the series first counts as steady, or -1. */
    private static int steadyAfter(SteadyRule rule, DoubleStream series) {
        SteadyDetector detector = new SteadyDetector(rule);
        int count = 0;
        for (double throughput : series.toArray()) {
            detector.add(throughput);
            count++;
            if (detector.isSteady()) {
                return count;
            }
        }
        return -1;
    }

    @Test
    void constantSeriesIsSteadyAsSoonAsThereAreEnoughWindows() {
        assertThat(steadyAfter(
                        FIVE_WINDOWS_TEN_PERCENT,
                        DoubleStream.generate(() -> 100).limit(20)))
                .isEqualTo(5);
        assertThat(steadyAfter(
                        new SteadyRule(5, 2, 0.10),
                        DoubleStream.generate(() -> 100).limit(20)))
                .isEqualTo(10);
    }

    @Test
    void warmingUpSeriesIsSteadyOnlyOnItsPlateau() {
        // 10, 20 ... 200, then flat: the last step that counts is from 190 to 200.
        DoubleStream series =
                DoubleStream.iterate(10, x -> Math.min(200, x + 10)).limit(60);

        assertThat(steadyAfter(FIVE_WINDOWS_TEN_PERCENT, series)).isEqualTo(23);
    }

    @Test
    void slowGrowthBelowTheSpreadIsAcceptedAndFasterGrowthIsNot() {
        assertThat(steadyAfter(
                        FIVE_WINDOWS_TEN_PERCENT,
                        DoubleStream.iterate(100, x -> x * 1.02).limit(40)))
                .isEqualTo(5);
        assertThat(steadyAfter(
                        FIVE_WINDOWS_TEN_PERCENT,
                        DoubleStream.iterate(100, x -> x * 1.03).limit(40)))
                .isEqualTo(-1);
    }

    @Test
    void oscillationIsNeverSteadyUntilTheWindowsAverageIt() {
        double[] series = new double[60];
        for (int i = 0; i < series.length; i++) {
            series[i] = i % 2 == 0 ? 50 : 150;
        }

        assertThat(steadyAfter(FIVE_WINDOWS_TEN_PERCENT, DoubleStream.of(series)))
                .isEqualTo(-1);
        assertThat(steadyAfter(new SteadyRule(5, 2, 0.10), DoubleStream.of(series)))
                .isEqualTo(10);
    }

    @Test
    void oneStallKeepsItFromBeingSteadyForAsLongAsItIsInAWindow() {
        double[] series = DoubleStream.generate(() -> 100).limit(30).toArray();
        series[3] = 0;

        assertThat(steadyAfter(FIVE_WINDOWS_TEN_PERCENT, DoubleStream.of(series)))
                .isEqualTo(9);
    }

    @Test
    void systemThatDoesNothingIsNeverSteady() {
        SteadyDetector detector = new SteadyDetector(FIVE_WINDOWS_TEN_PERCENT);
        for (int i = 0; i < 100; i++) {
            detector.add(0);
        }

        assertThat(detector.isSteady()).isFalse();
        assertThat(detector.spread()).isEmpty();
    }

    @Test
    void noiseBelowTheSpreadIsSteadyAndNoiseAboveItIsNot() {
        SplittableRandom random = new SplittableRandom(7);
        assertThat(steadyAfter(
                        FIVE_WINDOWS_TEN_PERCENT,
                        DoubleStream.generate(() -> 97 + 6 * random.nextDouble())
                                .limit(20)))
                .isEqualTo(5);
        SteadyDetector loud = new SteadyDetector(FIVE_WINDOWS_TEN_PERCENT);
        for (double throughput : new double[] {80, 120, 90, 110, 100}) {
            loud.add(throughput);
        }
        assertThat(loud.isSteady()).isFalse();
        assertThat(loud.spread().orElseThrow()).isCloseTo(0.4, within(1e-9));
    }

    @Test
    void impossibleRulesAndSamplesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SteadyRule(1, 1, 0.1))
                .withMessageContaining("windows < 2: 1");
        assertThatIllegalArgumentException().isThrownBy(() -> new SteadyRule(2, 0, 0.1));
        assertThatIllegalArgumentException().isThrownBy(() -> new SteadyRule(2, 1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new SteadyRule(2, 1, Double.NaN));
        SteadyDetector detector = new SteadyDetector(FIVE_WINDOWS_TEN_PERCENT);
        assertThatIllegalArgumentException().isThrownBy(() -> detector.add(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> detector.add(Double.NaN));
    }
}
