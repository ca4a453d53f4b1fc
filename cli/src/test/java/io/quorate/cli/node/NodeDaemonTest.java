package io.quorate.cli.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.quorate.cli.process.FreePorts;
import io.quorate.cli.tls.TestCertificates;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.identity.DataDirectoryException;
import io.quorate.statemachine.identity.NodeDirectory;
import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.kv.KvCommand;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.raft.ApplicationCatalog;
import io.quorate.topology.ClusterId;
import io.quorate.topology.PeerId;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.WriteConcern;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Nodes with real directories, ports and Ratis, in this JVM. Long election timeouts: a busy machine elects nobody else. */
class NodeDaemonTest {
    private static final ShardId ORDERS = new ShardId("orders");
    private static final ApplicationCatalog APPLICATIONS = ApplicationCatalog.of(List.of(KvApplication::new));
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private DaemonConfig config(String node, String... more) {
        List<Integer> ports = FreePorts.pick(2);
        return ConfigFile.parse(
                directory.resolve("n.yaml"), """
                node: %1$s
                listen: 127.0.0.1:%2$d
                http: 127.0.0.1:%3$d
                dataDirectory: %1$s
                memory: 32MiB
                preset: many-shards
                %4$s
                """.formatted(node, ports.get(0), ports.get(1), String.join("\n", more)));
    }

    private static HttpResponse<String> get(NodeDaemon node, String path) throws IOException, InterruptedException {
        int port = node.http().orElseThrow().address().getPort();
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    private static HostedShard orders(NodeDaemon node) {
        return node.node().host().orElseThrow().find(ORDERS).orElseThrow();
    }

    @Test
    void outsideOfAClusterItIsHealthyAndNotReady() throws Exception {
        try (NodeDaemon node = NodeDaemon.start(config("n1"), APPLICATIONS)) {
            assertThat(node.node().host()).isEmpty();
            assertThat(get(node, "/health").statusCode()).isEqualTo(200);
            assertThat(get(node, "/ready").statusCode()).isEqualTo(503);
            assertThat(get(node, "/ready").body()).contains("\"phase\":\"not-in-a-cluster\"");
            assertThat(get(node, "/metrics").body()).contains("jvm_memory_", "process_cpu_seconds_total");
        }
    }

    @Test
    void aRefusedOrUnopenableNodeLetsGoOfWhatItHeld() throws Exception {
        DaemonConfig config = config("n1");
        try (ServerSocket other = new ServerSocket()) {
            other.bind(config.http().orElseThrow().resolve());
            assertThatThrownBy(() -> NodeDaemon.start(config, APPLICATIONS))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot serve HTTP at");
        }
        NodeDaemon.start(config, APPLICATIONS).close();
        DaemonConfig namesake = ConfigFile.parse(directory.resolve("n.yaml"), """
                node: n2
                listen: %s
                dataDirectory: n1
                """.formatted(config.listen()));
        assertThatThrownBy(() -> NodeDaemon.start(namesake, APPLICATIONS))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("belongs to node n1");
    }

    @Test
    void whatDidNotStartIsNotSaidToHaveStopped() throws Exception {
        DaemonConfig config = config("n1");
        Logger logger = (Logger) LoggerFactory.getLogger(NodeDaemon.class);
        Level before = logger.getLevel();
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
        try {
            try (ServerSocket other = new ServerSocket()) {
                other.bind(config.listen().resolve());
                assertThatThrownBy(() -> NodeDaemon.start(config, APPLICATIONS)).isInstanceOf(PortInUseException.class);
            }
            assertThat(lines.list).isEmpty();
            NodeDaemon.start(config, APPLICATIONS).close();
            assertThat(lines.list).last().hasToString("[INFO] [n1] stopped");
        } finally {
            logger.detachAppender(lines);
            logger.setLevel(before);
        }
    }

    @Test
    void aNodeThatServesAnybodyWarnsAtItsStart() throws Exception {
        TestCertificates.make(directory, "n1", "EC");
        DaemonConfig config = ConfigFile.parse(
                directory.resolve("n.yaml"), """
                node: n1
                listen: 0.0.0.0:%1$d
                advertise: 127.0.0.1:%1$d
                dataDirectory: n1
                memory: 32MiB
                tls: {certificate: n1.crt, key: n1.key, ca: n1.crt, mutual: false, allowAnybody: true}
                """.formatted(FreePorts.pick(1).get(0)));
        Logger logger = (Logger) LoggerFactory.getLogger(NodeDaemon.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            NodeDaemon.start(config, APPLICATIONS).close();
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list)
                .filteredOn(line -> line.getLevel().equals(Level.WARN))
                .singleElement()
                .asString()
                .contains("whoever reaches 0.0.0.0:", "may administer the cluster");
    }

    @Test
    void aPortInUseIsNamedAlsoByANodeOfACluster() throws Exception {
        DaemonConfig config = config("n1");
        try (ServerSocket other = new ServerSocket()) {
            other.bind(config.listen().resolve());
            assertThatThrownBy(() -> NodeDaemon.start(config, APPLICATIONS))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(config.listen().toString());
            try (NodeDirectory data = NodeDirectory.open(config.dataDirectory(), config.node(), new SecureRandom())) {
                data.join(new ClusterId(new UUID(1, 2)));
            }
            assertThatThrownBy(() -> NodeDaemon.start(config, APPLICATIONS))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot listen at " + config.listen());
            assertThatThrownBy(() -> NodeDaemon.start(config, APPLICATIONS))
                    .isInstanceOfSatisfying(PortInUseException.class, e -> assertThat(e.setting())
                            .isEqualTo("listen"))
                    .hasMessageContaining("lsof -nP -iTCP:" + config.listen().port());
        }
        NodeDaemon.start(config, APPLICATIONS).close();
    }

    @Test
    void twoNodesServeAShardShowItWithLabelsAndHandItOver() throws Exception {
        DaemonConfig c1 = config("n1");
        DaemonConfig c2 = config("n2");
        List<String> seeds = List.of(c1.listen().toString(), c2.listen().toString());
        try (NodeDaemon n1 = NodeDaemon.start(c1, APPLICATIONS);
                NodeDaemon n2 = NodeDaemon.start(c2, APPLICATIONS);
                ClusterAdmin admin = new ClusterAdmin(seeds, Optional.empty(), PATIENCE, line -> {})) {
            admin.init(2);
            admin.createShard(ORDERS, KvApplication.NAME, List.of(), 2);
            await().atMost(PATIENCE)
                    .until(() ->
                            n1.health().look().ready() && n2.health().look().ready());
            NodeDaemon leader = orders(n1).status().leads() ? n1 : n2;
            NodeDaemon follower = leader == n1 ? n2 : n1;
            append(leader);
            assertPagesShowTheShard(leader, follower.node().identity().peer());

            PeerId stopped = leader.node().identity().peer();
            leader.close();
            assertThat(orders(follower).status().leads())
                    .as("handed over before it stopped")
                    .isTrue();
            assertThat(get(follower, "/metrics").body()).doesNotContain("peer=\"" + stopped + "\"");
            follower.node().host().orElseThrow().remove(ORDERS);
            assertThat(get(follower, "/metrics").body()).doesNotContain("shard=\"orders\"");
        }
    }

    /** The leader would else wait, as long as it may, for a successor that stops as well. */
    @Test
    void aClusterThatIsStoppedAsAWholeWaitsForNobody() throws Exception {
        List<NodeDaemon> nodes = new ArrayList<>();
        List<String> seeds = new ArrayList<>();
        for (String name : List.of("n1", "n2", "n3")) {
            DaemonConfig config = config(name, "drain: 1h");
            nodes.add(NodeDaemon.start(config, APPLICATIONS));
            seeds.add(config.listen().toString());
        }
        try (ClusterAdmin admin = new ClusterAdmin(seeds, Optional.empty(), PATIENCE, line -> {})) {
            admin.init(3);
            admin.createShard(ORDERS, KvApplication.NAME, List.of(), 3);
            await().atMost(PATIENCE).until(() -> nodes.stream()
                    .allMatch(node -> node.health().look().ready()));
        }
        ExecutorService stopping = Executors.newFixedThreadPool(nodes.size());
        try {
            for (Future<?> stopped : nodes.stream()
                    .map(node -> stopping.submit(() -> {
                        node.close();
                        return null;
                    }))
                    .toList()) {
                stopped.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        } finally {
            stopping.shutdownNow();
        }
    }

    private static void append(NodeDaemon leader) throws Exception {
        LogRecord record = LogRecord.sessionless(
                EntryKind.USER, KvCommand.put(Bytes.utf8("k"), Bytes.utf8("v")).encode());
        AppendOutcome outcome =
                orders(leader).append(record, WriteConcern.MAJORITY, PATIENCE).get();
        assertThat(outcome).isInstanceOf(AppendOutcome.Committed.class);
    }

    private static void assertPagesShowTheShard(NodeDaemon leader, PeerId follower) throws Exception {
        HttpResponse<String> ready = get(leader, "/ready");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.body()).contains("\"shard\":\"orders\"", "\"role\":\"leader\"");
        PeerId self = leader.node().identity().peer();
        String metrics = get(leader, "/metrics").body();
        assertThat(metrics)
                .contains("quorate_shard_leader{shard=\"orders\",} 1.0")
                .containsPattern("quorate_shard_applied_lsn\\{shard=\"orders\",} [1-9]")
                .containsPattern("quorate_batch_records_count\\{shard=\"orders\",} [1-9]")
                .containsPattern("quorate_batch_answer_seconds\\{quantile=\"0.99\",shard=\"orders\",} ")
                .containsPattern("quorate_batch_answer_seconds_sum\\{shard=\"orders\",} ")
                .containsPattern("quorate_apply_seconds_count\\{shard=\"orders\",} [1-9]")
                .contains("quorate_batcher_queued_records{shard=\"orders\",} 0.0")
                .contains("quorate_rejects_total{reason=\"queue_full\",shard=\"orders\",} 0.0")
                .contains("quorate_checkpoint_age_seconds{shard=\"orders\",}")
                .contains("ratis_log_worker_flush_total{peer=\"" + self + "\",shard=\"orders\",}")
                .contains("ratis_server_peer_commit_index{follower=\"" + follower + "\",peer=\"" + self
                        + "\",shard=\"orders\",}")
                .contains("ratis_grpc_log_appender_success_reply_total{follower=\"" + follower + "\"")
                .contains("quantile=\"0.99\"")
                .doesNotContain("group-")
                .doesNotContain("peer=\"" + follower + "\"");
        assertNamesAreAsPrometheusWantsThem(metrics);
        assertThat(metrics.lines().filter(line -> !line.startsWith("#")))
                .allMatch(line -> line.matches("[a-zA-Z_][a-zA-Z0-9_]*(\\{([a-z_]+=\"[^\"]*\",)*})? \\S+"));
    }

    private static void assertNamesAreAsPrometheusWantsThem(String metrics) {
        Map<String, String> helps = new TreeMap<>();
        for (String line : metrics.lines().toList()) {
            String[] words = line.split(" ", 4);
            if (line.startsWith("# HELP ")) {
                helps.put(words[2], words[3]);
            } else if (line.startsWith("# TYPE ")) {
                String name = words[2];
                assertThat(helps.get(name)).as("help of " + name).isNotBlank().doesNotContain("Measured by this node");
                assertThat(name.endsWith("_total")).as(name).isEqualTo(words[3].equals("counter"));
                assertThat(name).doesNotContainPattern("_(millis|ms|nanos|time|latency|megabytes|rate|count|sum)$");
                if (words[3].equals("summary")) {
                    assertThat(metrics).contains("\n" + name + "_count{", "\n" + name + "_sum{");
                }
            }
        }
        assertThat(helps).hasSizeGreaterThan(50);
    }
}
