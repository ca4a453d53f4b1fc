package io.quorate.statemachine.raft;

import com.codahale.metrics.Clock;
import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Histogram;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import io.quorate.statemachine.metrics.MetricName;
import io.quorate.statemachine.metrics.RecentReservoir;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.RejectReason;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What a replica measures of itself, with the label {@code shard}. Updated once a batch, never once a record, but for what is
 * refused. Thread-safe. The registry ends with the replica.
 */
final class ShardMetrics {
    private final MetricRegistry registry = new MetricRegistry();
    private final ShardId shard;
    private final Histogram batchRecords;
    private final Histogram batchBytes;
    private final Timer answer;
    private final Timer apply;
    private final Timer readProbe;
    private final Timer checkpoint;
    private final Map<RejectReason, Counter> rejects = new EnumMap<>(RejectReason.class);
    /** By {@link System#nanoTime}: of the last checkpoint, or of opening. */
    private volatile long checkpointNanos = System.nanoTime();

    ShardMetrics(ShardId shard) {
        this.shard = shard;
        this.batchRecords = registry.register(name("batch.records"), new Histogram(new RecentReservoir()));
        this.batchBytes = registry.register(name("batch.bytes"), new Histogram(new RecentReservoir()));
        this.answer = timer("batch.answer");
        this.apply = timer("apply");
        this.readProbe = timer("read.probe");
        this.checkpoint = timer("checkpoint");
        for (RejectReason reason : RejectReason.values()) {
            String label = reason.name().toLowerCase(java.util.Locale.ROOT);
            rejects.put(
                    reason,
                    registry.counter(metric("rejects").with("reason", label).toString()));
        }
        gauge("checkpoint.age.seconds", () -> TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - checkpointNanos));
    }

    private MetricName metric(String name) {
        return MetricName.of("quorate." + name).with("shard", shard.value());
    }

    private String name(String name) {
        return metric(name).toString();
    }

    private Timer timer(String name) {
        return registry.register(name(name), new Timer(new RecentReservoir(), Clock.defaultClock()));
    }

    /** Adds a number that is looked at when it is asked for. */
    void gauge(String name, Supplier<Number> value) {
        registry.register(name(name), (Gauge<Number>) value::get);
    }

    MetricRegistry registry() {
        return registry;
    }

    /** A batch is handed to consensus. */
    void submitted(int records, int bytes) {
        batchRecords.update(records);
        batchBytes.update(bytes);
    }

    /** The appends of a batch are answered, so long after it was made. */
    void answered(long nanos) {
        answer.update(nanos, TimeUnit.NANOSECONDS);
    }

    /** A batch was applied and written to the store. */
    void applied(long nanos) {
        apply.update(nanos, TimeUnit.NANOSECONDS);
    }

    /** A round of the read probe ended, however it did. */
    void probed(long nanos) {
        readProbe.update(nanos, TimeUnit.NANOSECONDS);
    }

    /** A checkpoint is durable. */
    void checkpointed(long nanos) {
        checkpoint.update(nanos, TimeUnit.NANOSECONDS);
        checkpointNanos = System.nanoTime();
    }

    void rejected(RejectReason reason) {
        rejects.get(reason).inc();
    }
}
