package io.quorate.cli.http;

import io.quorate.statemachine.metrics.MetricName;
import java.util.Map;
import java.util.TreeMap;

/**
 * Gets the labels out of a Dropwizard name again. A Raft group becomes the shard of that name; the group stays where it belongs to no
 * shard. Pure.
 */
final class ShardLabels {
    private static final String GROUP = "group";
    private static final String SHARD = "shard";

    private final Map<String, String> shardsByGroup;

    ShardLabels(Map<String, String> shardsByGroup) {
        this.shardsByGroup = Map.copyOf(shardsByGroup);
    }

    /** Labels by name, in their order; none in the name of somebody who knows nothing of labels. */
    Map<String, String> of(String dropwizardName) {
        Map<String, String> labels = new TreeMap<>();
        if (dropwizardName.indexOf(';') >= 0) {
            MetricName.parse(dropwizardName).labels().forEach((label, value) -> {
                boolean group = label.equals(GROUP);
                labels.put(group ? SHARD : label, group ? shardsByGroup.getOrDefault(value, value) : value);
            });
        }
        return labels;
    }
}
