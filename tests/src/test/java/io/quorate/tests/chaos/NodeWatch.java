package io.quorate.tests.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.topology.ShardId;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Asks every node again and again what it says of its replicas, and notes when that changes. */
final class NodeWatch implements AutoCloseable {
    private static final long EVERY_MILLIS = 200;

    private final ChaosCluster cluster;
    private final Spans spans;
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(ChaosCluster.NODES, task -> {
        Thread thread = new Thread(task, "node-watch");
        thread.setDaemon(true);
        return thread;
    });

    private NodeWatch(ChaosCluster cluster, Spans spans) {
        this.cluster = cluster;
        this.spans = spans;
    }

    static NodeWatch start(ChaosCluster cluster, Spans spans) {
        NodeWatch watch = new NodeWatch(cluster, spans);
        for (int number = 1; number <= ChaosCluster.NODES; number++) {
            int node = number;
            watch.threads.scheduleWithFixedDelay(() -> watch.look(node), 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
        }
        return watch;
    }

    private void look(int node) {
        for (ShardId shard : List.of(ChaosCluster.KV, ChaosCluster.LOG)) {
            spans.begin(
                    "n" + node + " of " + shard,
                    cluster.status(node, shard).map(NodeWatch::describe).orElse("does not answer"));
        }
    }

    private static String describe(JsonNode status) {
        String role = status.path("leads").asBoolean()
                ? "leads"
                : status.path("leader").isNull()
                        ? "knows no leader"
                        : "follows " + status.path("leader").asText();
        String problem = status.path("problem").isNull()
                ? ""
                : ", problem: " + status.path("problem").asText();
        return role + " in epoch " + status.path("epoch").asLong() + problem;
    }

    void stop() {
        threads.shutdownNow();
    }

    @Override
    public void close() {
        stop();
    }
}
