package io.quorate.tests.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.statemachine.client.ShardClient;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.tests.cluster.Ledger;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.Lsn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A shard on three nodes, each of which cannot apply an entry that begins with "poison" while it is {@link #poisoned}. */
abstract class PoisonedShard {
    static final ShardId SHARD = new ShardId("s1");

    @TempDir
    Path directory;

    final Set<String> poisoned = ConcurrentHashMap.newKeySet();
    Nodes nodes;

    void swallow(String node, LogEntry entry) {
        if (poisoned.contains(node) && entry.payload().utf8().startsWith("poison")) {
            throw new IllegalArgumentException(
                    "cannot stomach " + entry.payload().utf8());
        }
    }

    @BeforeEach
    void startThree() throws IOException {
        nodes = new Nodes(directory, node -> new Ledger(entry -> swallow(node, entry)));
        for (String node : List.of("n1", "n2", "n3")) {
            nodes.start(node);
        }
        try (ClusterAdmin admin = nodes.admin()) {
            admin.init(3);
            admin.createShard(SHARD, Ledger.NAME, List.of(), 3);
        }
    }

    @AfterEach
    void stopAll() throws IOException {
        nodes.close();
    }

    HostedShard replica(String node) {
        return nodes.node(node).host().orElseThrow().find(SHARD).orElseThrow();
    }

    static Lsn commit(ShardClient client, String text) {
        AppendOutcome outcome = client.appendAndWait(Bytes.utf8(text));
        assertThat(outcome).isInstanceOf(Committed.class);
        return ((Committed) outcome).lsn();
    }

    void awaitParkedAt(String node, Lsn lsn) {
        Awaitility.await(node + " parked at " + lsn)
                .atMost(Nodes.PATIENCE)
                .ignoreException(NoSuchElementException.class)
                .until(() -> replica(node).status().health().orElse("").contains("failed at entry " + lsn + ":"));
    }

    void assertEqualDigests(ClusterAdmin admin, Lsn atLeast, String... members) {
        Awaitility.await("equal state everywhere")
                .atMost(Nodes.PATIENCE)
                .ignoreException(NoSuchElementException.class)
                .untilAsserted(() -> {
                    for (String node : members) {
                        assertThat(replica(node).status().applied()).isGreaterThanOrEqualTo(atLeast);
                    }
                    Map<String, JsonNode> digests = admin.digests(SHARD);
                    assertThat(digests.keySet()).containsExactly(members);
                    assertThat(digests.values().stream()
                                    .map(digest -> digest.path("lsn") + " " + digest.path("sha256"))
                                    .collect(Collectors.toSet()))
                            .as(digests.toString())
                            .hasSize(1);
                });
    }
}
