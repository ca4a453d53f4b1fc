package io.quorate.statemachine.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.raft.ApplicationCatalog;
import io.quorate.statemachine.raft.EntryMark;
import io.quorate.statemachine.raft.RatisSettings;
import io.quorate.statemachine.rocksdb.RocksDbMemory;
import io.quorate.statemachine.rocksdb.RocksDbStateStoreFactory;
import io.quorate.topology.NodeId;
import io.quorate.topology.ShardId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SkipReconcilerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration QUESTION = Duration.ofMinutes(5);
    private static final ShardId SHARD = new ShardId("s1");

    @TempDir
    Path directory;

    private static String freeAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }

    private QuorateNode start(String address) throws IOException {
        return new QuorateNode(new NodeConfig(
                new NodeId("n1"),
                address,
                address,
                directory.resolve("n1"),
                new RocksDbStateStoreFactory(RocksDbMemory.lan()),
                ApplicationCatalog.of(List.of(KvApplication::new)),
                RatisSettings.lan(),
                Duration.ofMinutes(10),
                64 << 20,
                0,
                Optional.empty()));
    }

    @Test
    void aQuestionThatNobodyConcludesIsWithdrawnAndTheEntryReleased() throws IOException {
        String address = freeAddress();
        try (QuorateNode node = start(address);
                ClusterAdmin admin = new ClusterAdmin(List.of(address), Optional.empty(), PATIENCE, line -> {});
                AdminClient client = new AdminClient(Optional.empty())) {
            admin.init(1);
            admin.createShard(SHARD, KvApplication.NAME, List.of(), 1);
            ObjectNode question =
                    DescriptorJson.object().put("shard", SHARD.value()).put("lsn", 1000);
            JsonNode proposed = client.call(address, "skips.propose", question, PATIENCE);
            SkipRecord record = SkipRecord.read(proposed);
            client.call(address, "entry.hold", record.call(), PATIENCE);
            assertThat(states(node, record)).containsExactly(EntryMark.State.HELD);
            MetadataShard metadata = new MetadataShard(
                    node.host().orElseThrow().find(MetadataShard.ID).orElseThrow());
            long[] now = {0};
            SkipReconciler reconciler = new SkipReconciler(client, QUESTION, () -> now[0]);

            for (long passed : new long[] {0, QUESTION.toNanos()}) {
                now[0] = passed;
                reconciler.reconcile(metadata);
                assertThat(SkipRecord.read(metadata.get(record.key()).orElseThrow()))
                        .isEqualTo(record);
            }
            now[0]++;
            reconciler.reconcile(metadata);

            assertThat(SkipRecord.read(metadata.get(record.key()).orElseThrow()).state())
                    .isEqualTo(SkipRecord.State.WITHDRAWN);
            Awaitility.await("released").atMost(PATIENCE).untilAsserted(() -> assertThat(states(node, record))
                    .containsExactly(EntryMark.State.RELEASED));
        }
    }

    private static List<EntryMark.State> states(QuorateNode node, SkipRecord record) {
        return node.host().orElseThrow().entryMarks(record.group()).stream()
                .map(EntryMark::state)
                .toList();
    }
}
