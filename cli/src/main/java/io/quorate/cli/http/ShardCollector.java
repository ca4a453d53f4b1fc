package io.quorate.cli.http;

import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import io.quorate.wal.log.LogStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The state of every shard as metrics, read when they are asked for. */
final class ShardCollector extends Collector {
    private final Supplier<NodeHealth> health;

    ShardCollector(Supplier<NodeHealth> health) {
        this.health = health;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        NodeHealth node = health.get();
        List<MetricFamilySamples> families = new ArrayList<>();
        families.add(new GaugeMetricFamily(
                "quorate_node_ready", "1 if the node serves and all of its shards are ready.", flag(node.ready())));
        families.add(new GaugeMetricFamily(
                "quorate_node_shards",
                "Shards that the node serves.",
                node.shards().size() + node.unreadable().size()));
        List<ShardHealth> shards = node.shards();
        families.add(
                family(shards, "ready", "1 if it is healthy, has a leader and is caught up.", s -> flag(s.ready())));
        GaugeMetricFamily healthy =
                family(shards, "healthy", "0 if somebody must do something.", s -> flag(s.healthy()));
        node.unreadable().keySet().forEach(shard -> healthy.addMetric(List.of(shard), 0));
        families.add(healthy);
        families.add(of(shards, "leader", "1 where this node leads.", s -> flag(s.leads())));
        families.add(of(shards, "epoch", "Raft term.", LogStatus::epoch));
        families.add(of(shards, "applied_lsn", "Last LSN applied here.", s -> s.applied()
                .value()));
        families.add(of(shards, "applied_index", "Consensus index applied here.", LogStatus::appliedIndex));
        families.add(
                of(shards, "committed_index", "Consensus index known to be committed.", LogStatus::committedIndex));
        families.add(of(shards, "lag_entries", "Committed and not applied here yet.", ShardHealth::lag));
        families.add(of(shards, "voters", "Peers with a vote.", s -> s.peers().stream()
                .filter(peer -> peer.role().votes())
                .count()));
        return families;
    }

    private static double flag(boolean value) {
        return value ? 1 : 0;
    }

    private static GaugeMetricFamily of(
            List<ShardHealth> shards, String name, String help, ToDoubleFunction<LogStatus> value) {
        return family(shards, name, help, shard -> value.applyAsDouble(shard.status()));
    }

    private static GaugeMetricFamily family(
            List<ShardHealth> shards, String name, String help, ToDoubleFunction<ShardHealth> value) {
        GaugeMetricFamily family = new GaugeMetricFamily("quorate_shard_" + name, help, List.of("shard"));
        shards.forEach(shard -> family.addMetric(List.of(shard.shard()), value.applyAsDouble(shard)));
        return family;
    }
}
