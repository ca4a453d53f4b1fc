package io.quorate.cli.http;

import com.codahale.metrics.Counting;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricFilter;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Sampling;
import com.codahale.metrics.Snapshot;
import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import io.quorate.statemachine.metrics.RecentSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Metrics of Dropwizard as families of Prometheus: one family a name, with a help text, the units of {@link PrometheusForm}, and for
 * a summary quantiles of recent values, {@code _count} and {@code _sum}. Of one thread.
 */
final class RegistryFamilies {
    private static final double[] QUANTILES = {0.5, 0.75, 0.95, 0.99, 0.999};

    private final ShardLabels labels;
    private final Map<String, Family> families = new TreeMap<>();

    private record Family(PrometheusForm form, List<Sample> samples) {}

    RegistryFamilies(ShardLabels labels) {
        this.labels = labels;
    }

    void add(MetricRegistry registry) {
        add(registry, MetricFilter.ALL);
    }

    /** Adds what the filter lets through. */
    void add(MetricRegistry registry, MetricFilter filter) {
        registry.getMetrics().forEach((name, metric) -> {
            if (filter.matches(name, metric)) {
                PrometheusForm form = PrometheusForm.of(name, metric);
                Family family = families.computeIfAbsent(form.name(), unused -> new Family(form, new ArrayList<>()));
                sample(family.samples(), form, labels.of(name), metric);
            }
        });
    }

    List<MetricFamilySamples> all() {
        return families.values().stream()
                .map(family -> new MetricFamilySamples(
                        family.form().name(),
                        family.form().type(),
                        MetricHelp.of(family.form().sample()),
                        family.samples()))
                .toList();
    }

    private static void sample(List<Sample> samples, PrometheusForm form, Map<String, String> labels, Metric metric) {
        if (metric instanceof Gauge<?> gauge) {
            samples.add(sample(form.sample(), labels, number(gauge.getValue()) * form.scale()));
        } else if (metric instanceof Sampling sampling) {
            Snapshot snapshot = sampling.getSnapshot();
            for (double quantile : QUANTILES) {
                Map<String, String> more = new TreeMap<>(labels);
                more.put("quantile", Collector.doubleToGoString(quantile));
                samples.add(sample(form.name(), more, snapshot.getValue(quantile) * form.scale()));
            }
            samples.add(sample(form.name() + "_count", labels, ((Counting) metric).getCount()));
            if (snapshot instanceof RecentSnapshot recent) {
                samples.add(sample(form.name() + "_sum", labels, recent.sum() * form.scale()));
            }
        } else if (metric instanceof Counting counter) {
            samples.add(sample(form.sample(), labels, counter.getCount()));
        }
    }

    private static Sample sample(String name, Map<String, String> labels, double value) {
        return new Sample(name, List.copyOf(labels.keySet()), List.copyOf(labels.values()), value);
    }

    /** Ratis says -1 for a time that there is none of. */
    private static double number(Object value) {
        if (value instanceof Boolean flag) {
            return flag ? 1 : 0;
        }
        return value instanceof Number number && number.doubleValue() >= 0 ? number.doubleValue() : Double.NaN;
    }
}
