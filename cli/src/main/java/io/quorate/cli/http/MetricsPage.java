package io.quorate.cli.http;

import com.codahale.metrics.MetricRegistry;
import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.exporter.common.TextFormat;
import io.prometheus.client.hotspot.BufferPoolsExports;
import io.prometheus.client.hotspot.ClassLoadingExports;
import io.prometheus.client.hotspot.GarbageCollectorExports;
import io.prometheus.client.hotspot.MemoryPoolsExports;
import io.prometheus.client.hotspot.StandardExports;
import io.prometheus.client.hotspot.ThreadExports;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.metrics.MetricName;
import io.quorate.statemachine.metrics.RatisMetricsBridge;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.ratis.protocol.RaftGroupId;

/**
 * Everything that a node measures, in Prometheus' text format: its own registry, the state of its shards, its process, and what Ratis
 * measures of this peer (other peers of the same process are left out). Thread-safe.
 */
public final class MetricsPage {
    /** What Prometheus' own library measures of a process, under the names that dashboards know. */
    private static final List<Collector> JVM = List.of(
            new StandardExports(),
            new MemoryPoolsExports(),
            new BufferPoolsExports(),
            new GarbageCollectorExports(),
            new ThreadExports(),
            new ClassLoadingExports());

    private final MetricRegistry own;
    private final HealthCheck health;
    private final ShardCollector shards;

    public MetricsPage(MetricRegistry own, HealthCheck health) {
        this.own = Objects.requireNonNull(own, "own");
        this.health = Objects.requireNonNull(health, "health");
        this.shards = new ShardCollector(health::look);
    }

    /** @param accept the request's header: the plain text format or OpenMetrics */
    static String contentType(String accept) {
        return TextFormat.chooseContentType(accept);
    }

    void write(Writer out, String contentType) throws IOException {
        TextFormat.writeFormat(contentType, out, Collections.enumeration(collect()));
    }

    private List<MetricFamilySamples> collect() {
        RegistryFamilies families = new RegistryFamilies(new ShardLabels(shardsByGroup()));
        families.add(own);
        health.shards().forEach(shard -> families.add(shard.metrics()));
        if (health.peer().isPresent() && RatisMetricsBridge.active().isPresent()) {
            String self = health.peer().get().toString();
            families.add(
                    RatisMetricsBridge.active().get().metrics(),
                    (name, metric) ->
                            self.equals(MetricName.parse(name).labels().get("peer")));
        }
        List<MetricFamilySamples> all = new ArrayList<>(shards.collect());
        all.addAll(families.all());
        JVM.forEach(collector -> all.addAll(collector.collect()));
        return all;
    }

    private Map<String, String> shardsByGroup() {
        Map<String, String> names = new TreeMap<>();
        for (HostedShard shard : health.shards()) {
            names.put(
                    RaftGroupId.valueOf(shard.descriptor().groupId()).toString(),
                    shard.descriptor().shard().value());
        }
        return names;
    }
}
