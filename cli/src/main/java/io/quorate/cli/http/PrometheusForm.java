package io.quorate.cli.http;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Meter;
import com.codahale.metrics.Metric;
import com.codahale.metrics.Timer;
import io.prometheus.client.Collector;
import io.prometheus.client.Collector.Type;
import java.util.List;

/**
 * Name, type and unit of a metric as Prometheus wants them: seconds and bytes, {@code _seconds}, {@code _bytes} and {@code _total} in
 * the name. Pure.
 *
 * @param name of the family; of a counter without {@code _total}
 * @param type counter, gauge or summary
 * @param scale what values are multiplied with
 */
record PrometheusForm(String name, Type type, double scale) {
    private static final double NANOS = 1e-9;
    private static final double MILLIS = 1e-3;
    private static final double MEBIBYTES = 1 << 20;

    /** How gauges of Ratis, whose names say no unit or another, are named here. The first that matches counts. */
    private record GaugeRule(String suffix, String instead, Type type, double scale) {}

    private static final List<GaugeRule> GAUGES = List.of(
            new GaugeRule("_last_heartbeat_elapsed_time", "_last_heartbeat_elapsed_seconds", Type.GAUGE, NANOS),
            new GaugeRule("_elapsed_time", "_elapsed_seconds", Type.GAUGE, MILLIS),
            new GaugeRule("_rpc_response_time", "_rpc_response_elapsed_seconds", Type.GAUGE, MILLIS),
            new GaugeRule("_mega_byte_size", "_bytes", Type.GAUGE, MEBIBYTES),
            new GaugeRule("_size_in_bytes", "_bytes", Type.GAUGE, 1),
            new GaugeRule("_hit_count", "_hits", Type.COUNTER, 1),
            new GaugeRule("_miss_count", "_misses", Type.COUNTER, 1),
            new GaugeRule("_hit_rate", "_hit_ratio", Type.GAUGE, 1),
            new GaugeRule("_miss_rate", "_miss_ratio", Type.GAUGE, 1),
            new GaugeRule("_entry_count", "_entries", Type.GAUGE, 1),
            new GaugeRule("_count", "", Type.GAUGE, 1));

    /** @param dropwizardName with labels or without */
    static PrometheusForm of(String dropwizardName, Metric metric) {
        int end = dropwizardName.indexOf(';');
        String name = Collector.sanitizeMetricName(end < 0 ? dropwizardName : dropwizardName.substring(0, end));
        if (metric instanceof Timer) {
            return new PrometheusForm(name.endsWith("_seconds") ? name : name + "_seconds", Type.SUMMARY, NANOS);
        }
        if (metric instanceof Counter || metric instanceof Meter) {
            return new PrometheusForm(
                    without(without(name, "_total"), "_count").replace("_count_heartbeat", "_heartbeat"),
                    Type.COUNTER,
                    1);
        }
        if (metric instanceof Gauge<?>) {
            return gauge(name);
        }
        return new PrometheusForm(name, Type.SUMMARY, 1);
    }

    private static PrometheusForm gauge(String name) {
        for (GaugeRule rule : GAUGES) {
            if (name.endsWith(rule.suffix())) {
                return new PrometheusForm(without(name, rule.suffix()) + rule.instead(), rule.type(), rule.scale());
            }
        }
        return new PrometheusForm(name, Type.GAUGE, 1);
    }

    private static String without(String name, String suffix) {
        return name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
    }

    /** Name of the one sample of a counter or gauge. */
    String sample() {
        return type == Type.COUNTER ? name + "_total" : name;
    }
}
