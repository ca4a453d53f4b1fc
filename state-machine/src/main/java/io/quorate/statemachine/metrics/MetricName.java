package io.quorate.statemachine.metrics;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A metric's name and labels, written into the one string that Dropwizard has for them: {@code quorate.append;node=n1;shard=s},
 * labels in alphabetical order.
 *
 * @param name letters, digits, dots and underscores
 * @param labels names of letters, digits and underscores; values of anything but {@code ;}
 */
public record MetricName(String name, SortedMap<String, String> labels) {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_.]*");
    private static final Pattern LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

    public MetricName {
        Objects.requireNonNull(name, "name");
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("metric name '" + name + "'");
        }
        for (Map.Entry<String, String> label : labels.entrySet()) {
            if (!LABEL.matcher(label.getKey()).matches() || label.getValue().indexOf(';') >= 0) {
                throw new IllegalArgumentException("label " + label + " of metric " + name);
            }
        }
    }

    /**
     * A name without labels.
     *
     * @throws IllegalArgumentException if it is no name
     */
    public static MetricName of(String name) {
        return new MetricName(name, new TreeMap<>());
    }

    /** The same with one more label. */
    public MetricName with(String label, String value) {
        SortedMap<String, String> more = new TreeMap<>(labels);
        more.put(label, value);
        return new MetricName(name, more);
    }

    /** Reads what {@link #toString()} writes. */
    public static MetricName parse(String text) {
        String[] parts = text.split(";", -1);
        MetricName parsed = of(parts[0]);
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("metric name '" + text + "': label '" + parts[i] + "' has no value");
            }
            parsed = parsed.with(parts[i].substring(0, equals), parts[i].substring(equals + 1));
        }
        return parsed;
    }

    /** The name to register a metric by. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(name);
        labels.forEach(
                (label, value) -> text.append(';').append(label).append('=').append(value));
        return text.toString();
    }
}
