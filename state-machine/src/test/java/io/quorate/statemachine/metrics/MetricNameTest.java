package io.quorate.statemachine.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;

class MetricNameTest {
    @Test
    void labelsAreWrittenInAlphabeticalOrder() {
        MetricName name = MetricName.of("quorate.append").with("shard", "s").with("node", "n1");
        assertThat(name).hasToString("quorate.append;node=n1;shard=s");
    }

    @Property
    void isReadAsWritten(@ForAll @AlphaChars @NotEmpty String label, @ForAll String value) {
        MetricName name = MetricName.of("a.b").with(label, value.replace(';', ' '));
        assertThat(MetricName.parse(name.toString())).isEqualTo(name);
    }

    @Test
    void whatCouldNotBeReadBackIsRefused() {
        assertThatThrownBy(() -> MetricName.of("a;b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MetricName.of("a").with("l", "x;y")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MetricName.of("a").with("l=", "x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MetricName.parse("a;b")).hasMessageContaining("label 'b' has no value");
    }
}
