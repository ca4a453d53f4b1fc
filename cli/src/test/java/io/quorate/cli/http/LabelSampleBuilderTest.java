package io.quorate.cli.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelSampleBuilderTest {
    private final LabelSampleBuilder builder = new LabelSampleBuilder(Map.of("group-A", "orders"));

    @Test
    void groupsBecomeShardsAndFurtherLabelsFollow() {
        assertThat(builder.createSample("a.b;group=group-A;peer=n1", "_x", List.of("quantile"), List.of("0.5"), 3))
                .isEqualTo(
                        new Sample("a_b_x", List.of("shard", "peer", "quantile"), List.of("orders", "n1", "0.5"), 3));
    }

    @Test
    void namesWithoutLabelsMayHoldAnyCharacters() {
        assertThat(builder.createSample("jvm.non-heap used", "", List.of(), List.of(), 1))
                .isEqualTo(new Sample("jvm_non_heap_used", List.of(), List.of(), 1));
    }

    @Test
    void aGroupOfNoKnownShardStaysVisible() {
        assertThat(builder.createSample("a;group=group-B", "", List.of(), List.of(), 1))
                .isEqualTo(new Sample("a", List.of("shard"), List.of("group-B"), 1));
    }
}
