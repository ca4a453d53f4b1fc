package io.quorate.cli.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ShardLabelsTest {
    private final ShardLabels labels = new ShardLabels(Map.of("group-A", "orders"));

    @Test
    void groupsBecomeShards() {
        assertThat(labels.of("a.b;group=group-A;peer=n1")).isEqualTo(Map.of("shard", "orders", "peer", "n1"));
    }

    @Test
    void namesWithoutLabelsMayHoldAnyCharacters() {
        assertThat(labels.of("jvm.non-heap used")).isEmpty();
    }

    @Test
    void aGroupOfNoKnownShardStaysVisible() {
        assertThat(labels.of("a;group=group-B")).isEqualTo(Map.of("shard", "group-B"));
    }
}
