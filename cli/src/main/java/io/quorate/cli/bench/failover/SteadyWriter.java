package io.quorate.cli.bench.failover;

import io.quorate.statemachine.client.ClientConfig;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.client.ShardClient;
import io.quorate.statemachine.kv.KvCommand;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** One client that appends at a steady rate, whatever is answered, so that a gap is seen as an independent writer would see it. */
final class SteadyWriter implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int VALUE_BYTES = 256;
    /** No further append is sent while so many are unanswered. */
    private static final int MOST_OPEN = 4096;

    private static final long KEYS = 10_000;

    private final QuorateClient client;
    private final ShardClient shard;
    private final AckGap gap = new AckGap(System.nanoTime());
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    /** Used by the timer's thread. */
    private long written;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "steady-writer");
        thread.setDaemon(true);
        return thread;
    });

    SteadyWriter(List<String> addresses, ShardId shardId, Duration period) {
        this.client = QuorateClient.create(
                ClientConfig.of(addresses.toArray(String[]::new)).withTimeout(TIMEOUT));
        this.shard = client.shard(shardId);
        timer.scheduleAtFixedRate(this::send, 0, period.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void send() {
        if (open.get() >= MOST_OPEN) {
            return;
        }
        open.incrementAndGet();
        long sent = System.nanoTime();
        Bytes key = Bytes.wrap(Long.toString(written++ % KEYS).getBytes(StandardCharsets.US_ASCII));
        Bytes put = KvCommand.put(key, Bytes.wrap(new byte[VALUE_BYTES])).encode();
        shard.append(put).whenComplete((outcome, failure) -> {
            open.decrementAndGet();
            if (outcome instanceof Committed) {
                acknowledged.incrementAndGet();
                gap.acknowledged(sent, System.nanoTime());
            } else {
                failed.incrementAndGet();
            }
        });
    }

    AckGap gap() {
        return gap;
    }

    long acknowledged() {
        return acknowledged.get();
    }

    /** Appends that ended otherwise than committed. */
    long failed() {
        return failed.get();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        client.close();
    }
}
