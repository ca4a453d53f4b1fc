package io.quorate.tests.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.cli.local.NodeProcesses;
import io.quorate.cli.process.JavaProcessSpec;
import io.quorate.cli.process.ProcessCluster;
import io.quorate.statemachine.client.ClientConfig;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.client.ReadPreference;
import io.quorate.statemachine.kv.KvQuery;
import io.quorate.statemachine.logapp.LogQuery;
import io.quorate.statemachine.node.AdminClient;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.ReadUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** Three node processes with a key-value shard and a log shard on all of them. Logs stay in its directory. */
final class ChaosCluster implements AutoCloseable {
    static final int NODES = 3;
    static final ShardId KV = new ShardId("registers");
    static final ShardId LOG = new ShardId("events");

    private static final Duration PATIENCE = Duration.ofSeconds(300);
    private static final Duration GLANCE = Duration.ofMillis(500);
    private static final Duration MOMENT = Duration.ofSeconds(5);
    private static final List<String> JVM = List.of("-Xmx256m", "-XX:+UseSerialGC");
    /** Checkpoints often enough that restarts and peers left behind meet them, and the Raft log is purged. */
    private static final String SETTINGS =
            "preset: " + System.getProperty("chaos.preset", "lan") + "\ncheckpoint:\n  interval: 15s\n";

    private final NodeProcesses nodes;
    private final ClusterAdmin admin;
    private final AdminClient glances = new AdminClient(Optional.empty());

    private ChaosCluster(NodeProcesses nodes) {
        this.nodes = nodes;
        this.admin = new ClusterAdmin(nodes.addresses(NODES), Optional.empty(), PATIENCE, line -> {});
    }

    /** Starts the nodes and founds the shards. */
    static ChaosCluster start(Path directory, UnaryOperator<JavaProcessSpec> tuning)
            throws IOException, InterruptedException {
        return start(ProcessCluster.open(directory, true), tuning);
    }

    /** The same in a directory that was taken before. */
    static ChaosCluster start(ProcessCluster processes, UnaryOperator<JavaProcessSpec> tuning)
            throws IOException, InterruptedException {
        ChaosCluster cluster = new ChaosCluster(new NodeProcesses(processes, NODES, JVM, SETTINGS, tuning));
        try {
            cluster.nodes.launchAll(NODES);
            cluster.admin.init(NODES);
            cluster.admin.createShard(KV, "kv", List.of(), NODES);
            cluster.admin.createShard(LOG, "log", List.of(), NODES);
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    NodeProcesses nodes() {
        return nodes;
    }

    ClusterAdmin admin() {
        return admin;
    }

    List<String> addresses() {
        return nodes.addresses(NODES);
    }

    List<Integer> ports() {
        return IntStream.rangeClosed(1, NODES).mapToObj(nodes::port).toList();
    }

    QuorateClient client(Duration timeout) {
        return QuorateClient.create(
                ClientConfig.of(addresses().toArray(String[]::new)).withTimeout(timeout));
    }

    /** Nodes that say that they lead, those that do not know better included; a node that does not answer at once is passed over. */
    List<Integer> claimingToLead(ShardId shard) {
        List<Integer> claiming = new ArrayList<>();
        for (int node = 1; node <= NODES; node++) {
            if (status(node, shard)
                    .filter(status -> status.path("leads").asBoolean())
                    .isPresent()) {
                claiming.add(node);
            }
        }
        return claiming;
    }

    /** Waits until a node that was started says something of its replicas; fails if its process ends meanwhile. */
    void awaitServing(int node) {
        Awaitility.await("node " + node + " to serve").atMost(PATIENCE).until(() -> {
            if (!nodes.process(node).isAlive()) {
                throw new IllegalStateException("node " + node + " ended: "
                        + nodes.process(node).output().lines().reduce("", (before, line) -> line));
            }
            return status(node, KV).isPresent() && status(node, LOG).isPresent();
        });
    }

    /** What a node says of its replica of a shard; empty if it does not answer at once. */
    Optional<JsonNode> status(int node, ShardId shard) {
        try {
            JsonNode all = glances.call(nodes.address(node), "status", new ObjectMapper().createObjectNode(), GLANCE);
            for (JsonNode status : all.path("shards")) {
                if (status.path("shard").asText().equals(shard.value())) {
                    return Optional.of(status);
                }
            }
            return Optional.empty();
        } catch (AdminException noAnswer) {
            return Optional.empty();
        }
    }

    /**
     * Waits until every voter answers and has the same digest at the same LSN, which it returns. All that was committed before the call
     * is applied then: replicas that have just started could be equal and all behind.
     */
    String awaitEqualReplicas(ShardId shard) {
        linearizableRead(shard, PATIENCE);
        return Awaitility.await("equal replicas of " + shard)
                .atMost(PATIENCE)
                .ignoreException(AdminException.class)
                .until(() -> digests(shard), digests -> digests.size() == NODES && sameAtAll(digests))
                .values()
                .iterator()
                .next();
    }

    /** Whether a linearizable read of the shard is answered within some seconds. */
    boolean serves(ShardId shard) {
        try {
            linearizableRead(shard, MOMENT);
            return true;
        } catch (ReadUnavailableException notNow) {
            return false;
        }
    }

    private void linearizableRead(ShardId shard, Duration timeout) {
        Bytes question = shard.equals(LOG)
                ? LogQuery.bounds().encode()
                : KvQuery.get(Bytes.utf8("any")).encode();
        try (QuorateClient client = client(timeout)) {
            client.shard(shard).queryAndWait(question, ReadConsistency.LINEARIZABLE, ReadPreference.PRIMARY);
        }
    }

    private static boolean sameAtAll(Map<String, String> digests) {
        return digests.values().stream().distinct().count() == 1
                && digests.values().stream().noneMatch(String::isEmpty);
    }

    /** By node, LSN and digest of its state; empty where it does not answer. */
    private Map<String, String> digests(ShardId shard) {
        return admin.digests(shard).entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> {
            JsonNode digest = entry.getValue();
            return digest.has("error") ? "" : digest.path("lsn") + " " + digest.path("sha256");
        }));
    }

    @Override
    public void close() {
        try {
            glances.close();
            admin.close();
        } finally {
            nodes.close();
        }
    }
}
