package io.quorate.tests.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.cli.process.FreePorts;
import io.quorate.statemachine.client.ClientConfig;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.client.ReadPreference;
import io.quorate.statemachine.client.ShardClient;
import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.kv.KvCommand;
import io.quorate.statemachine.kv.KvQuery;
import io.quorate.statemachine.kv.KvResult;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.node.NodeConfig;
import io.quorate.statemachine.node.QuorateNode;
import io.quorate.statemachine.raft.ApplicationCatalog;
import io.quorate.statemachine.raft.RatisSettings;
import io.quorate.statemachine.rocksdb.RocksDbMemory;
import io.quorate.statemachine.rocksdb.RocksDbStateStoreFactory;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.NodeId;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.ReadConsistency;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeLifeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final Map<String, QuorateNode> nodes = new TreeMap<>();
    private final Map<String, String> addresses = new TreeMap<>();

    @AfterEach
    void stopAll() throws IOException {
        for (QuorateNode node : nodes.values()) {
            node.close();
        }
    }

    private String start(String name) throws IOException {
        String address = addresses.computeIfAbsent(
                name, unused -> "127.0.0.1:" + FreePorts.pick(1).get(0));
        NodeConfig config = new NodeConfig(
                new NodeId(name),
                address,
                address,
                directory.resolve(name),
                new RocksDbStateStoreFactory(RocksDbMemory.lan()),
                ApplicationCatalog.of(List.of(KvApplication::new)),
                RatisSettings.lan().withElectionTimeout(Duration.ofSeconds(1), Duration.ofSeconds(2)),
                Duration.ofSeconds(60),
                64 << 20,
                0,
                Optional.empty());
        nodes.put(name, new QuorateNode(config));
        return address;
    }

    private ClusterAdmin admin() {
        return new ClusterAdmin(List.copyOf(addresses.values()), Optional.empty(), PATIENCE, line -> {});
    }

    @Test
    void aClusterIsFoundedGrowsShrinksAndKeepsWhatWasWritten() throws IOException {
        start("n1");
        start("n2");
        start("n3");
        ShardId shard = new ShardId("orders");
        try (ClusterAdmin admin = admin()) {
            admin.init(3);
            assertThat(admin.init(3)).as("init again").isNotNull();
            admin.createShard(shard, "kv", List.of(), 3);
            admin.createShard(shard, "kv", List.of(), 3);
            try (QuorateClient client = QuorateClient.create(
                    ClientConfig.of(addresses.values().toArray(String[]::new)).withTimeout(PATIENCE))) {
                ShardClient kv = client.shard(shard);
                Bytes key = Bytes.utf8("k");
                assertThat(kv.append(KvCommand.put(key, Bytes.utf8("v1")).encode())
                                .join())
                        .isInstanceOf(Committed.class);

                String fourth = start("n4");
                admin.addPeer(shard, fourth, true);
                admin.addPeer(shard, fourth, true);
                admin.removePeer(shard, new NodeId("n1"));
                admin.removePeer(shard, new NodeId("n1"));
                assertThat(kv.append(KvCommand.put(key, Bytes.utf8("v2")).encode())
                                .join())
                        .isInstanceOf(Committed.class);
                KvResult.Found found = (KvResult.Found) KvResult.decode(
                        kv.query(KvQuery.get(key).encode(), ReadConsistency.LINEARIZABLE, ReadPreference.PRIMARY)
                                .join()
                                .value());
                assertThat(found.entry().orElseThrow().value().utf8()).isEqualTo("v2");
                Map<String, JsonNode> digests = admin.digests(shard);
                assertThat(digests.keySet()).containsExactly("n2", "n3", "n4");
                admin.transferLeadership(shard, new NodeId("n4"));
                assertThat(admin.leader(shard).path("self").asText()).startsWith("n4.");
            }
            assertThatThrownBy(() -> admin.createShard(new ShardId("odd"), "nonsense", List.of(), 3))
                    .isInstanceOfSatisfying(AdminException.class, e -> assertThat(e.getMessage())
                            .contains("nonsense", "kv"));
            assertThatThrownBy(() -> admin.removeShard(new ShardId("nothing")))
                    .isInstanceOfSatisfying(
                            AdminException.class, e -> assertThat(e.error()).isEqualTo("UNKNOWN_SHARD"));
            admin.removeShard(shard);
            assertThat(admin.shards().path("shards")).hasSize(1);
        }
    }
}
