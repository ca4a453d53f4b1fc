package io.quorate.cli.http;

import com.codahale.metrics.MetricFilter;
import com.codahale.metrics.MetricRegistry;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.dropwizard.DropwizardExports;
import io.prometheus.client.exporter.common.TextFormat;
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
 * Everything that a node measures, in Prometheus' text format: its own registry, the state of its shards, and what Ratis measures
 * of this peer (other peers of the same process are left out). Thread-safe.
 */
public final class MetricsPage {
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
        LabelSampleBuilder labels = new LabelSampleBuilder(shardsByGroup());
        List<MetricFamilySamples> families = new ArrayList<>(shards.collect());
        families.addAll(described("Measured by the node.", new DropwizardExports(own, labels)));
        families.addAll(described("Measured by a shard's replica.", new DropwizardExports(ofShards(), labels)));
        if (health.peer().isPresent() && RatisMetricsBridge.active().isPresent()) {
            String self = health.peer().get().toString();
            MetricFilter samePeer = (name, metric) ->
                    self.equals(MetricName.parse(name).labels().get("peer"));
            MetricRegistry ratis = RatisMetricsBridge.active().get().metrics();
            families.addAll(described("Measured by Ratis.", new DropwizardExports(ratis, samePeer, labels)));
        }
        return families;
    }

    /** The exporter's own help text is the name of one metric of the family, with its labels inside. */
    private static List<MetricFamilySamples> described(String help, DropwizardExports exports) {
        return exports.collect().stream()
                .map(family -> new MetricFamilySamples(family.name, family.unit, family.type, help, family.samples))
                .toList();
    }

    /** In one registry, so that each name becomes one family; what a shard measured ends with it. */
    private MetricRegistry ofShards() {
        MetricRegistry all = new MetricRegistry();
        for (HostedShard shard : health.shards()) {
            shard.metrics().getMetrics().forEach(all::register);
        }
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
