package io.quorate.cli.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.Histogram;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import io.quorate.statemachine.metrics.RecentReservoir;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RegistryFamiliesTest {
    private final MetricRegistry registry = new MetricRegistry();

    private List<MetricFamilySamples> families() {
        RegistryFamilies families = new RegistryFamilies(new ShardLabels(Map.of()));
        families.add(registry);
        return families.all();
    }

    private double value(String sample) {
        return families().stream()
                .flatMap(family -> family.samples.stream())
                .filter(s -> s.name.equals(sample))
                .findFirst()
                .orElseThrow()
                .value;
    }

    @Test
    void aTimerHasQuantilesACountAndASumInSeconds() {
        Timer timer = registry.register("quorate.apply;shard=s", new Timer(new RecentReservoir()));
        for (int i = 0; i < 1000; i++) {
            timer.update(20, TimeUnit.MILLISECONDS);
        }
        assertThat(families()).hasSize(1);
        assertThat(value("quorate_apply_seconds")).isEqualTo(0.02);
        assertThat(value("quorate_apply_seconds_count")).isEqualTo(1000);
        assertThat(value("quorate_apply_seconds_sum")).isCloseTo(20.0, org.assertj.core.data.Offset.offset(1e-6));
    }

    @Test
    void aHistogramKeepsItsUnit() {
        registry.register("quorate.batch.bytes", new Histogram(new RecentReservoir()))
                .update(300);
        assertThat(value("quorate_batch_bytes_sum")).isEqualTo(300);
    }

    @Test
    void metricsOfOneNameAreOneFamily() {
        registry.counter("quorate.rejects;reason=a;shard=s").inc(2);
        registry.counter("quorate.rejects;reason=b;shard=s").inc(3);
        MetricFamilySamples family = families().get(0);
        assertThat(families()).hasSize(1);
        assertThat(family.help).isEqualTo("Appends that were rejected, by reason.");
        assertThat(family.samples)
                .containsExactly(
                        new Sample("quorate_rejects_total", List.of("reason", "shard"), List.of("a", "s"), 2),
                        new Sample("quorate_rejects_total", List.of("reason", "shard"), List.of("b", "s"), 3));
    }

    @Test
    void whatThereIsNoneOfIsNotANumber() {
        registry.register("ratis_x_last_leader_election_elapsed_time", (Gauge<Long>) () -> -1L);
        registry.register("ratis_x_nothing", (Gauge<Long>) () -> null);
        assertThat(value("ratis_x_last_leader_election_elapsed_seconds")).isNaN();
        assertThat(value("ratis_x_nothing")).isNaN();
    }
}
