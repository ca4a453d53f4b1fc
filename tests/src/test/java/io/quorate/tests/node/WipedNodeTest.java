package io.quorate.tests.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.kv.KvCommand;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.service.AdminException;
import io.quorate.tests.cluster.Ledger;
import io.quorate.topology.NodeId;
import io.quorate.topology.ShardId;
import io.quorate.wal.io.DurableFiles;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that lost its disk is another peer, and nobody takes it for the one that votes in its name. */
class WipedNodeTest {
    private static final ShardId SHARD = new ShardId("s1");

    @TempDir
    Path directory;

    private static Set<String> peersOn(ClusterAdmin admin, NodeId node) {
        Set<String> ids = new TreeSet<>();
        admin.leader(SHARD)
                .path("peers")
                .forEach(peer -> ids.add(peer.path("id").asText()));
        return ids.stream().filter(id -> id.startsWith(node + ".")).collect(Collectors.toSet());
    }

    @Test
    void aWipedNodeIsAddedOnlyOnceItsEarlierLifeIsOut() throws IOException {
        NodeId third = new NodeId("n3");
        try (Nodes nodes = new Nodes(directory, node -> new Ledger())) {
            for (String node : List.of("n1", "n2", "n3")) {
                nodes.start(node);
            }
            try (ClusterAdmin admin = nodes.admin()) {
                admin.init(3);
                admin.createShard(SHARD, KvApplication.NAME, List.of(), 3);
                try (QuorateClient client = nodes.client()) {
                    Bytes put = KvCommand.put(Bytes.utf8("key"), Bytes.utf8("value"))
                            .encode();
                    assertThat(client.shard(SHARD).appendAndWait(put)).isInstanceOf(Committed.class);
                }
                Set<String> before = peersOn(admin, third);
                nodes.stop("n3");
                DurableFiles.deleteTree(directory.resolve("n3"));
                String address = nodes.start("n3");

                assertThatThrownBy(() -> admin.addPeer(SHARD, address, true))
                        .isInstanceOfSatisfying(AdminException.class, refusal -> {
                            assertThat(refusal.error()).isEqualTo("EARLIER_LIFE");
                            assertThat(refusal.getMessage()).contains(before).contains("peers remove");
                        });
                assertThat(peersOn(admin, third)).isEqualTo(before);

                admin.removePeer(SHARD, third);
                admin.removePeer(SHARD, third);
                admin.addPeer(SHARD, address, true);
                assertThat(peersOn(admin, third)).hasSize(1).doesNotContainAnyElementsOf(before);
                Awaitility.await("equal digests on three voters")
                        .atMost(Nodes.PATIENCE)
                        .ignoreException(AdminException.class)
                        .until(() -> {
                            Set<String> digests = admin.digests(SHARD).values().stream()
                                    .map((JsonNode digest) ->
                                            digest.path("sha256").asText())
                                    .collect(Collectors.toSet());
                            return admin.digests(SHARD).size() == 3 && digests.size() == 1;
                        });
            }
        }
    }
}
