package io.quorate.statemachine.metrics;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.ratis.metrics.LongCounter;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one component of one Ratis member measures, registered under labelled names. Thread-safe. */
final class RatisRegistry implements RatisMetricRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(RatisRegistry.class);

    private final MetricRegistryInfo info;
    private final MetricRegistry target;
    /** By Ratis' name; the metrics are those registered in {@code target}. */
    private final Map<String, Timekeeper> timers = new ConcurrentHashMap<>();

    private final Map<String, LongCounter> counters = new ConcurrentHashMap<>();
    /** What is in {@code target}, by Ratis' name. Guarded by this object. */
    private final Map<String, MetricName> registered = new HashMap<>();

    private boolean closed;

    RatisRegistry(MetricRegistryInfo info, MetricRegistry target) {
        this.info = info;
        this.target = target;
    }

    @Override
    public Timekeeper timer(String name) {
        return timers.computeIfAbsent(name, n -> {
            Timer timer = new Timer(new RecentReservoir());
            register(name, timer);
            return () -> {
                Timer.Context running = timer.time();
                return running::stop;
            };
        });
    }

    @Override
    public LongCounter counter(String name) {
        return counters.computeIfAbsent(name, n -> {
            Counter counter = new Counter();
            register(name, counter);
            return new BridgedCounter(counter);
        });
    }

    @Override
    public <T> void gauge(String name, Supplier<Supplier<T>> gaugeSupplier) {
        Supplier<T> supplier = gaugeSupplier.get();
        Gauge<Object> gauge = () -> read(name, supplier);
        register(name, gauge);
    }

    /** A gauge over something that Ratis has closed meanwhile must not make the whole scrape fail. */
    private Object read(String name, Supplier<?> supplier) {
        try {
            return supplier.get();
        } catch (RuntimeException e) {
            LOG.debug("{}: no value for {}", info.getPrefix(), name, e);
            return Double.NaN;
        }
    }

    /** Replaces a metric of the same name: it is of an earlier leadership. A closed registry measures on, unseen. */
    private synchronized void register(String name, Metric metric) {
        if (closed) {
            return;
        }
        MetricName labelled = RatisMetricNames.labelled(info, name);
        target.remove(labelled.toString());
        target.register(labelled.toString(), metric);
        registered.put(name, labelled);
    }

    @Override
    public boolean remove(String name) {
        timers.remove(name); // not under the lock: computeIfAbsent takes the map's lock first
        counters.remove(name);
        synchronized (this) {
            MetricName labelled = registered.remove(name);
            return labelled != null && target.remove(labelled.toString());
        }
    }

    /**
     * Takes away the gauges on followers, which are of one leadership and keep its objects alive. Counters and timers stay: they
     * count on when the member leads again.
     */
    synchronized void endLeadership() {
        String self = info.getPrefix().split("@", 2)[0];
        registered.values().removeIf(labelled -> {
            String follower = labelled.labels().get(RatisMetricNames.FOLLOWER);
            boolean ended = follower != null
                    && !follower.equals(self)
                    && target.getMetrics().get(labelled.toString()) instanceof Gauge;
            return ended && target.remove(labelled.toString());
        });
    }

    /** Takes everything away, for good. */
    synchronized void close() {
        closed = true;
        registered.values().forEach(labelled -> target.remove(labelled.toString()));
        registered.clear();
    }

    @Override
    public MetricRegistryInfo getMetricRegistryInfo() {
        return info;
    }

    /** Dropwizard's counter as Ratis wants it. */
    private record BridgedCounter(Counter counter) implements LongCounter {
        @Override
        public void inc(long n) {
            counter.inc(n);
        }

        @Override
        public void dec(long n) {
            counter.dec(n);
        }

        @Override
        public long getCount() {
            return counter.getCount();
        }
    }
}
