package io.quorate.cli.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class ScaleTest {
    @Test
    void linearAxisEndsAtARoundNumberAndHasRoundMarks() {
        Scale scale = Scale.linear(0, 41_234);

        assertThat(scale.ticks()).containsExactly(0.0, 10_000.0, 20_000.0, 30_000.0, 40_000.0, 50_000.0);
        assertThat(scale.at(0)).isZero();
        assertThat(scale.at(25_000)).isCloseTo(0.5, within(1e-9));
        assertThat(scale.at(-5)).isZero();
        assertThat(scale.at(60_000)).isEqualTo(1);
    }

    @Test
    void logarithmicAxisGivesEachDecadeTheSameWidth() {
        Scale scale = Scale.log(0.1, 1000);

        assertThat(scale.at(0.1)).isZero();
        assertThat(scale.at(10)).isCloseTo(0.5, within(1e-9));
        assertThat(scale.at(0)).isZero();
        assertThat(scale.ticks()).hasSize(5).startsWith(0.1, 1.0).allMatch(t -> t < 1001);
        assertThat(Scale.log(0.9, 4.2).ticks()).hasSize(4);
    }

    @Test
    void axisOfPercentilesGivesEachNineTheSameWidth() {
        Scale scale = Scale.nines(99.9);

        assertThat(scale.at(90)).isCloseTo(1 / 3.0, within(1e-9));
        assertThat(scale.at(99)).isCloseTo(2 / 3.0, within(1e-9));
        assertThat(scale.at(99.9)).isCloseTo(1, within(1e-9));
        assertThat(scale.ticks()).isEqualTo(List.of(0.0, 50.0, 90.0, 99.0, 99.9));
    }

    @Property
    void everyAxisHasAFewMarksInsideAndKeepsTheOrder(
            @ForAll @DoubleRange(min = -6, max = 9) double a, @ForAll @DoubleRange(min = -6, max = 9) double b) {
        double low = Math.pow(10, Math.min(a, b));
        double high = Math.pow(10, Math.max(a, b));
        for (Scale scale : List.of(Scale.linear(0, high), Scale.exact(0, high), Scale.log(low, high))) {
            assertThat(scale.at(low)).isBetween(0.0, 1.0).isLessThanOrEqualTo(scale.at(high));
            assertThat(scale.ticks()).hasSizeBetween(1, 17).isSorted();
        }
    }
}
