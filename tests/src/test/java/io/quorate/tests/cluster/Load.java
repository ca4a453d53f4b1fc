package io.quorate.tests.cluster;

import io.quorate.statemachine.client.ShardClient;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;

/**
 * Closed-loop load on a shard: a few lanes, each with one append outstanding, every payload different. Remembers how each append
 * ended. Thread-safe.
 */
public final class Load implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ShardClient shard;
    private final int padding;
    private final ExecutorService driver = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "load");
        thread.setDaemon(true);
        return thread;
    });
    private final CountDownLatch lanesRunning;
    private final Map<Lsn, String> acknowledged = new TreeMap<>();
    private final List<AppendOutcome> unacknowledged = new ArrayList<>();
    private long sent;
    private boolean stopping;

    private Load(ShardClient shard, int lanes, int padding) {
        this.shard = shard;
        this.padding = padding;
        this.lanesRunning = new CountDownLatch(lanes);
    }

    /** @param padding bytes added to each payload */
    public static Load start(ShardClient shard, int lanes, int padding) {
        Load load = new Load(shard, lanes, padding);
        for (int lane = 0; lane < lanes; lane++) {
            int number = lane;
            load.driver.execute(() -> load.next(number));
        }
        return load;
    }

    private void next(int lane) {
        String payload;
        synchronized (this) {
            if (stopping) {
                lanesRunning.countDown();
                return;
            }
            payload = "lane " + lane + " entry " + ++sent + " ".repeat(padding);
        }
        shard.append(Bytes.utf8(payload))
                .whenCompleteAsync((outcome, bug) -> ended(lane, payload, outcome, bug), driver);
    }

    private void ended(int lane, String payload, AppendOutcome outcome, Throwable bug) {
        synchronized (this) {
            if (outcome instanceof Committed committed) {
                String other = acknowledged.put(committed.lsn(), payload);
                if (other != null) {
                    unacknowledged.add(new AppendOutcome.Indeterminate(
                            "two appends were given lsn " + committed.lsn() + ": " + other + ", " + payload));
                }
            } else {
                unacknowledged.add(
                        outcome != null ? outcome : new AppendOutcome.Indeterminate("failed with a bug: " + bug));
            }
        }
        next(lane);
    }

    public synchronized int acknowledgedSoFar() {
        return acknowledged.size();
    }

    /** Waits until so many more appends are acknowledged: shows that the shard serves now. */
    public void awaitMore(int appends) {
        int goal = acknowledgedSoFar() + appends;
        Awaitility.await("acknowledged appends").atMost(PATIENCE).until(() -> acknowledgedSoFar() >= goal);
    }

    /** Ends the load and waits for what is outstanding. */
    public void stop() {
        synchronized (this) {
            stopping = true;
        }
        Awaitility.await("outstanding appends").atMost(PATIENCE).until(() -> lanesRunning.getCount() == 0);
    }

    /** What was acknowledged, by LSN. */
    public synchronized Map<Lsn, String> acknowledged() {
        return new TreeMap<>(acknowledged);
    }

    /** How the others ended. */
    public synchronized List<AppendOutcome> unacknowledged() {
        return List.copyOf(unacknowledged);
    }

    @Override
    public void close() {
        synchronized (this) {
            stopping = true;
        }
        driver.shutdownNow();
    }
}
