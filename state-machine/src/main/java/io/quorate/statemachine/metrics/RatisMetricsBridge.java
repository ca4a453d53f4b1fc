package io.quorate.statemachine.metrics;

import com.codahale.metrics.MetricRegistry;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.util.TimeDuration;

/**
 * Brings what Ratis measures into a Dropwizard 4 registry, with labels {@code peer}, {@code group} and {@code follower}.
 *
 * <p>Ratis has one such object in a process, made by its service loader; so all members of a process share one registry, and are
 * told apart by their labels.
 *
 * <p>Ratis unregisters a member's metrics already when it stops leading, and its appenders' when one of them stops, although the
 * member lives on and keeps using them. Here a member's counters and timers stay until the member is closed, which Ratis says by
 * unregistering the metrics of its elections; then all of its metrics go. {@link #removeGroup} is for a member that Ratis
 * could not close properly. Thread-safe.
 */
public final class RatisMetricsBridge extends MetricRegistries {
    private static final String OF_THE_MEMBER_ITSELF = "leader_election";

    private final MetricRegistry metrics = new MetricRegistry();
    private final Map<MetricRegistryInfo, RatisRegistry> registries = new ConcurrentHashMap<>();

    /**
     * The one that Ratis uses in this process; empty if Ratis found another implementation first, which it warns of.
     */
    public static Optional<RatisMetricsBridge> active() {
        return MetricRegistries.global() instanceof RatisMetricsBridge bridge ? Optional.of(bridge) : Optional.empty();
    }

    /** Everything that Ratis measures; names are read by {@link MetricName#parse}. */
    public MetricRegistry metrics() {
        return metrics;
    }

    /** Forgets all metrics of a group, {@code group-} and twelve digits as Ratis writes it. */
    public void removeGroup(String group) {
        for (MetricRegistryInfo info : registries.keySet()) {
            if (info.getPrefix().endsWith("@" + group)) {
                close(info);
            }
        }
    }

    @Override
    public RatisMetricRegistry create(MetricRegistryInfo info) {
        return registries.computeIfAbsent(info, i -> new RatisRegistry(i, metrics));
    }

    @Override
    public boolean remove(MetricRegistryInfo info) {
        RatisRegistry registry = registries.get(info);
        if (registry == null) {
            return false;
        }
        if (info.getPrefix().indexOf('@') < 0) {
            close(info);
        } else if (info.getMetricsComponentName().equals(OF_THE_MEMBER_ITSELF)) {
            registries.keySet().stream()
                    .filter(other -> other.getPrefix().equals(info.getPrefix()))
                    .forEach(this::close);
        } else {
            registry.endLeadership();
        }
        return true;
    }

    private void close(MetricRegistryInfo info) {
        RatisRegistry registry = registries.remove(info);
        if (registry != null) {
            registry.close();
        }
    }

    @Override
    public void clear() {
        registries.keySet().forEach(this::close);
    }

    @Override
    public Optional<RatisMetricRegistry> get(MetricRegistryInfo info) {
        return Optional.ofNullable(registries.get(info));
    }

    @Override
    public Set<MetricRegistryInfo> getMetricRegistryInfos() {
        return Set.copyOf(registries.keySet());
    }

    @Override
    public Collection<RatisMetricRegistry> getMetricRegistries() {
        return List.copyOf(registries.values());
    }

    /** @throws UnsupportedOperationException always: {@link #metrics} is what a reporter is built on */
    @Override
    public void addReporterRegistration(
            Consumer<RatisMetricRegistry> reporterRegistration, Consumer<RatisMetricRegistry> stopReporter) {
        throw new UnsupportedOperationException("build a reporter on metrics()");
    }

    /** @throws UnsupportedOperationException always: {@link #metrics} is what a reporter is built on */
    @Override
    public void enableJmxReporter() {
        throw new UnsupportedOperationException("build a JmxReporter on metrics()");
    }

    /** @throws UnsupportedOperationException always: {@link #metrics} is what a reporter is built on */
    @Override
    public void enableConsoleReporter(TimeDuration consoleReportRate) {
        throw new UnsupportedOperationException("build a ConsoleReporter on metrics()");
    }
}
