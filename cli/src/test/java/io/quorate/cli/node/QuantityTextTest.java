package io.quorate.cli.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTextTest {
    @Property
    void durationsAreReadAsWritten(@ForAll @LongRange(max = 1_000_000_000_000L) long millis) {
        Duration duration = Duration.ofMillis(millis);
        assertThat(DurationText.parse(DurationText.format(duration))).isEqualTo(duration);
    }

    @Property
    void sizesAreReadAsWritten(@ForAll @LongRange(max = 999_999_999) long number) {
        assertThat(SizeText.parse(SizeText.format(number))).isEqualTo(number);
        assertThat(SizeText.parse(SizeText.format(number << 30))).isEqualTo(number << 30);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-5s", "5 s", "1.5s", "5S", "PT5S", "1d", "9999999999999s"})
    void otherFormsOfDurationsAreRefused(String text) {
        assertThatThrownBy(() -> DurationText.parse(text)).hasMessageContaining("is not a duration");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "MiB", "-5B", "5 MiB", "1.5GiB", "5MB", "5mib", "9999999999B"})
    void otherFormsOfSizesAreRefused(String text) {
        assertThatThrownBy(() -> SizeText.parse(text)).hasMessageContaining("is not a size");
    }
}
