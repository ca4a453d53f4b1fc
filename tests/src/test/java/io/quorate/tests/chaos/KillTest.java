package io.quorate.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.cli.local.LogCheck;
import io.quorate.cli.local.LogFeed;
import io.quorate.cli.local.NodeProcesses;
import io.quorate.cli.process.ProcessCluster;
import io.quorate.statemachine.client.ClientConfig;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Bytes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes killed with -9 under load: every acknowledged entry is found again on every voter, each once. */
class KillTest {
    private static final int NODES = 3;
    private static final int ENTRIES_PER_KILL = 4_000;
    private static final ShardId SHARD = new ShardId("events");
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir
    Path directory;

    @Test
    void acknowledgedEntriesSurviveTwoKills() throws Exception {
        survives(2, KillTest::leaderOrAnother);
    }

    @Test
    @Tag("chaos")
    void acknowledgedEntriesSurviveTwentyKills() throws Exception {
        survives(20, KillTest::leaderOrAnother);
    }

    @Test
    void acknowledgedEntriesSurviveAKillOfAllThreeAtOnce() throws Exception {
        survives(2, (admin, kill) -> List.of(1, 2, 3));
    }

    /** Chooses those who are killed at once, in the given round. */
    private interface Victims {
        List<Integer> of(ClusterAdmin admin, int kill);
    }

    /** Kills nodes, none of which hears of the end of another one, and starts them again. */
    private static void killAndRestart(NodeProcesses nodes, List<Integer> victims) {
        CompletableFuture.allOf(victims.stream()
                        .map(node -> CompletableFuture.runAsync(() -> nodes.kill(node)))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
        try {
            for (int victim : victims) {
                nodes.restart(victim);
            }
            for (int victim : victims) {
                nodes.awaitListening(victim);
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("nodes " + victims + " do not start again", e);
        }
    }

    private void survives(int kills, Victims victims) throws Exception {
        List<Bytes> entries = new ArrayList<>();
        for (int i = 0; i < ENTRIES_PER_KILL * (kills + 1); i++) {
            entries.add(Bytes.utf8("entry " + i + " of the kill test"));
        }
        try (NodeProcesses nodes = new NodeProcesses(
                        ProcessCluster.open(directory, false), NODES, List.of("-Xmx256m", "-XX:+UseSerialGC"), "");
                ClusterAdmin admin = new ClusterAdmin(nodes.addresses(NODES), Optional.empty(), PATIENCE, line -> {})) {
            nodes.launchAll(NODES);
            admin.init(NODES);
            admin.createShard(SHARD, "log", List.of(), NODES);
            try (QuorateClient client =
                    QuorateClient.create(ClientConfig.of(nodes.addresses(NODES).toArray(String[]::new))
                            .withTimeout(PATIENCE))) {
                LogFeed feed = new LogFeed(client.shard(SHARD), entries);
                feed.feedTo(ENTRIES_PER_KILL);
                for (int kill = 1; kill <= kills; kill++) {
                    List<Integer> together = victims.of(admin, kill);
                    CompletableFuture<Void> back = CompletableFuture.runAsync(() -> killAndRestart(nodes, together));
                    feed.feedTo(ENTRIES_PER_KILL * (kill + 1));
                    back.join();
                    awaitAllEqual(admin);
                }
                verify(admin, nodes, entries, feed);
            }
        }
    }

    private static List<Integer> leaderOrAnother(ClusterAdmin admin, int kill) {
        return List.of(kill % 2 == 1 ? leader(admin) : 1 + kill % NODES);
    }

    private static int leader(ClusterAdmin admin) {
        return NodeProcesses.number(admin.leader(SHARD).path("self").asText().split("\\.")[0]);
    }

    /** Waits until every voter answers and has the same digest at the same LSN. */
    private static void awaitAllEqual(ClusterAdmin admin) {
        Awaitility.await("all replicas equal").atMost(PATIENCE).until(() -> {
            Map<String, JsonNode> digests = admin.digests(SHARD);
            return digests.values().stream().noneMatch(digest -> digest.has("error"))
                    && digests.values().stream()
                                    .map(digest -> digest.path("lsn") + " " + digest.path("sha256"))
                                    .collect(Collectors.toSet())
                                    .size()
                            == 1;
        });
    }

    private static void verify(ClusterAdmin admin, NodeProcesses nodes, List<Bytes> entries, LogFeed feed) {
        assertThat(feed.failed()).isEmpty();
        assertThat(feed.acknowledged()).hasSize(entries.size());
        assertThat(feed.acknowledged().values()).doesNotHaveDuplicates();
        LogCheck check = new LogCheck(admin, SHARD, entries, feed.acknowledged());
        for (String address : nodes.addresses(NODES)) {
            assertThat(check.check(address))
                    .as("replica at %s", address)
                    .isEqualTo(new LogCheck.Held(entries.size(), entries.size()));
        }
    }
}
