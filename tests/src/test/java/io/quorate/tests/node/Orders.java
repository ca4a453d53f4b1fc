package io.quorate.tests.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.client.ReadPreference;
import io.quorate.statemachine.kv.KvCommand;
import io.quorate.statemachine.kv.KvQuery;
import io.quorate.statemachine.kv.KvResult;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.topology.NodeId;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.ReadConsistency;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** A key-value shard with numbered keys: what is there is known by how many there are. */
final class Orders {
    static final ShardId SHARD = new ShardId("orders");

    private Orders() {}

    private static Bytes key(int i) {
        return Bytes.utf8("key " + i);
    }

    static void put(QuorateClient client, int i) {
        assertThat(client.shard(SHARD)
                        .appendAndWait(
                                KvCommand.put(key(i), Bytes.utf8("value " + i)).encode()))
                .isInstanceOf(Committed.class);
    }

    /** Puts keys 0 to {@code count - 1}. */
    static void putAll(QuorateClient client, int count) {
        for (int i = 0; i < count; i++) {
            put(client, i);
        }
    }

    static void assertAllThere(QuorateClient client, int keys) {
        for (int i = 0; i < keys; i++) {
            Bytes answer = client.shard(SHARD)
                    .queryAndWait(KvQuery.get(key(i)).encode(), ReadConsistency.LINEARIZABLE, ReadPreference.PRIMARY)
                    .value();
            KvResult.Found found = (KvResult.Found) KvResult.decode(answer);
            assertThat(found.entry().orElseThrow().value().utf8()).isEqualTo("value " + i);
        }
    }

    static void assertEqualDigests(ClusterAdmin admin, int voters) {
        Awaitility.await("equal digests").atMost(Nodes.PATIENCE).until(() -> {
            Map<String, JsonNode> digests = admin.digests(SHARD);
            return digests.size() == voters
                    && digests.values().stream().noneMatch(digest -> digest.has("error"))
                    && digests.values().stream()
                                    .map(digest -> digest.path("lsn") + " " + digest.path("sha256"))
                                    .collect(Collectors.toSet())
                                    .size()
                            == 1;
        });
    }

    /** Takes a node out of the metadata and the shard, and lets the one at an address in, which has an empty disk. */
    static void rebuild(ClusterAdmin admin, String node, String address) {
        for (ShardId shard : List.of(SHARD, new ShardId("meta"))) {
            admin.removePeer(shard, new NodeId(node));
            admin.addPeer(shard, address, true);
        }
    }
}
