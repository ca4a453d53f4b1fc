package io.quorate.cli.http;

import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import io.prometheus.client.dropwizard.samplebuilder.SampleBuilder;
import io.quorate.statemachine.metrics.MetricName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Gets the labels out of a Dropwizard name again. A Raft group becomes the shard of that name; the group stays where it belongs to no
 * shard.
 */
final class LabelSampleBuilder implements SampleBuilder {
    private static final String GROUP = "group";
    private static final String SHARD = "shard";

    private final Map<String, String> shardsByGroup;

    LabelSampleBuilder(Map<String, String> shardsByGroup) {
        this.shardsByGroup = Map.copyOf(shardsByGroup);
    }

    @Override
    public Sample createSample(
            String dropwizardName,
            String nameSuffix,
            List<String> additionalLabelNames,
            List<String> additionalLabelValues,
            double value) {
        if (dropwizardName.indexOf(';') < 0) { // of somebody who knows nothing of labels, and may use any characters
            String plain = Collector.sanitizeMetricName(dropwizardName + nameSuffix);
            return new Sample(plain, additionalLabelNames, additionalLabelValues, value);
        }
        MetricName name = MetricName.parse(dropwizardName);
        List<String> labels = new ArrayList<>();
        List<String> values = new ArrayList<>();
        name.labels().forEach((label, labelValue) -> {
            boolean group = label.equals(GROUP);
            labels.add(group ? SHARD : label);
            values.add(group ? shardsByGroup.getOrDefault(labelValue, labelValue) : labelValue);
        });
        labels.addAll(additionalLabelNames);
        values.addAll(additionalLabelValues);
        return new Sample(Collector.sanitizeMetricName(name.name() + nameSuffix), labels, values, value);
    }
}
