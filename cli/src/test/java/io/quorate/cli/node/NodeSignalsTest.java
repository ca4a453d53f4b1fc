package io.quorate.cli.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.cli.local.LogCheck;
import io.quorate.cli.local.LogFeed;
import io.quorate.cli.local.NodeProcesses;
import io.quorate.cli.process.ChildProcess;
import io.quorate.cli.process.ProcessCluster;
import io.quorate.statemachine.client.ClientConfig;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Bytes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real node processes that are told to stop under load: the leader hands over, what it accepted is answered, and its exit code tells the
 * signal.
 */
class NodeSignalsTest {
    private static final ShardId SHARD = new ShardId("events");
    private static final int NODES = 3;
    private static final int ENTRIES_PER_SIGNAL = 20_000;
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    /** Without it a node would ignore SIGINT where this JVM does, as behind {@code &} of a script. */
    private static final List<String> DEFAULT_INTERRUPT = List.of("env", "--default-signal=INT");

    private record Signal(String name, int status) {}

    private static final List<Signal> SIGNALS = List.of(new Signal("TERM", 143), new Signal("INT", 130));

    @TempDir
    private Path directory;

    private final List<Bytes> entries = IntStream.range(0, ENTRIES_PER_SIGNAL * SIGNALS.size())
            .mapToObj(i -> Bytes.utf8("entry " + i))
            .toList();

    @Test
    void aLeaderThatIsToldToStopHandsOverAndLosesNoAppend() throws Exception {
        List<String> launcher = runs("env", "--default-signal=INT", "true") ? DEFAULT_INTERRUPT : List.of();
        try (NodeProcesses nodes = new NodeProcesses(
                        ProcessCluster.open(directory, false),
                        NODES,
                        List.of("-Xmx256m", "-XX:+UseSerialGC"),
                        "preset: many-shards\n",
                        spec -> spec.withLauncher(launcher));
                ClusterAdmin admin = new ClusterAdmin(nodes.addresses(NODES), Optional.empty(), PATIENCE, line -> {})) {
            nodes.launchAll(NODES);
            admin.init(NODES);
            admin.createShard(SHARD, "log", List.of(), NODES);
            ClientConfig config = ClientConfig.of(nodes.addresses(NODES).toArray(String[]::new));
            try (QuorateClient client = QuorateClient.create(config.withTimeout(PATIENCE))) {
                LogFeed feed = new LogFeed(client.shard(SHARD), entries);
                for (Signal signal : SIGNALS) {
                    stopTheLeader(nodes, admin, feed, signal);
                }
                assertThat(feed.failed()).isEmpty();
                LogCheck check = new LogCheck(admin, SHARD, entries, feed.acknowledged());
                for (String address : nodes.addresses(NODES)) {
                    assertThat(check.check(address))
                            .as("replica at %s, each entry once", address)
                            .isEqualTo(new LogCheck.Held(entries.size(), entries.size()));
                }
            }
        }
    }

    private void stopTheLeader(NodeProcesses nodes, ClusterAdmin admin, LogFeed feed, Signal signal) throws Exception {
        int before = feed.acknowledged().size();
        int leader = leader(admin);
        ChildProcess process = nodes.process(leader);
        CompletableFuture<Void> fed = CompletableFuture.runAsync(() -> feed(feed, before + ENTRIES_PER_SIGNAL));
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> feed.acknowledged().size() > before + ENTRIES_PER_SIGNAL / 20);
        assertThat(fed).as("under load").isNotDone();
        assertThat(runs("sh", "-c", "kill -" + signal.name() + " " + process.pid()))
                .isTrue();
        assertThat(process.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("%s: %s", signal, process.output())
                .isEqualTo(signal.status());
        assertThat(process.output()).containsSubsequence("[events] handed over to n", "[n" + leader + "] stopped");
        assertThat(leader(admin)).as("somebody else leads").isNotEqualTo(leader);
        fed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(feed.acknowledged()).hasSize(before + ENTRIES_PER_SIGNAL);

        nodes.restart(leader);
        nodes.awaitListening(leader);
        await("the node that stopped has caught up")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> admin.digests(SHARD).values().stream()
                        .allMatch(digest -> digest.path("lsn").asLong() >= before + ENTRIES_PER_SIGNAL));
    }

    private static void feed(LogFeed feed, int end) {
        try {
            feed.feedTo(end);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }

    private static boolean runs(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).start().waitFor() == 0;
    }

    private static int leader(ClusterAdmin admin) {
        return NodeProcesses.number(admin.leader(SHARD).path("self").asText().split("\\.")[0]);
    }
}
