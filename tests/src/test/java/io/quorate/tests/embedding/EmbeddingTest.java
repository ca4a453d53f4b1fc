package io.quorate.tests.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.process.FreePorts;
import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.app.StateTransaction;
import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.client.ClientConfig;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.client.ReadPreference;
import io.quorate.statemachine.client.ShardClient;
import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.node.NodeConfig;
import io.quorate.statemachine.node.QuorateNode;
import io.quorate.statemachine.raft.ApplicationCatalog;
import io.quorate.statemachine.raft.QuorateStateMachine;
import io.quorate.statemachine.raft.sync.RaftSync;
import io.quorate.statemachine.rocksdb.RocksDbMemory;
import io.quorate.statemachine.rocksdb.RocksDbStateStoreFactory;
import io.quorate.tests.kit.ApplicationCheck;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.ReadConsistency;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's two ways to embed, with an apply function of the user's own. */
class EmbeddingTest {
    @TempDir
    Path directory;

    /** Sums what is appended, by key: {@code apples 3}. */
    static final class Tally implements Application {
        @Override
        public String name() {
            return "tally";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public ApplyResult apply(LogEntry entry, StateTransaction state) {
            String[] words = entry.payload().utf8().split(" ");
            if (words.length != 2 || !words[1].matches("\\d{1,9}")) {
                return ApplyResult.refusal(
                        "not of the form KEY NUMBER: " + entry.payload().utf8());
            }
            Bytes key = Bytes.utf8(words[0]);
            long sum = state.get(key).map(value -> Long.parseLong(value.utf8())).orElse(0L) + Long.parseLong(words[1]);
            state.put(key, Bytes.utf8(Long.toString(sum)));
            return ApplyResult.of(Bytes.utf8(Long.toString(sum)));
        }

        @Override
        public Bytes query(Bytes key, StateView state) {
            return state.get(key).orElse(Bytes.utf8("0"));
        }
    }

    @Test
    void theUsersApplyFunctionIsFitForReplication() {
        ApplicationCheck.of(Tally::new, random -> Bytes.utf8("fruit " + random.nextInt(5)))
                .check();
    }

    @Test
    void theWholeShardHostRunsTheUsersApplyFunction() throws Exception {
        String address = "127.0.0.1:" + FreePorts.pick(1).get(0);
        try (RocksDbStateStoreFactory stores = new RocksDbStateStoreFactory(RocksDbMemory.lan());
                QuorateNode node = new QuorateNode(NodeConfig.lan(
                        new NodeId("n1"),
                        address,
                        directory.resolve("n1"),
                        stores,
                        ApplicationCatalog.of(List.of(KvApplication::new, Tally::new))));
                ClusterAdmin admin =
                        new ClusterAdmin(List.of(address), Optional.empty(), Duration.ofSeconds(60), line -> {})) {
            assertThat(node.identity().node()).isEqualTo(new NodeId("n1"));
            admin.init(1);
            admin.createShard(new ShardId("fruit"), "tally", List.of(), 1);
            try (QuorateClient client =
                    QuorateClient.create(ClientConfig.of(address).withTimeout(Duration.ofSeconds(60)))) {
                ShardClient fruit = client.shard(new ShardId("fruit"));
                assertThat(fruit.appendAndWait(Bytes.utf8("apples 3"))).isInstanceOf(Committed.class);
                Committed second = (Committed) fruit.appendAndWait(Bytes.utf8("apples 4"));
                assertThat(second.result().value().utf8()).isEqualTo("7");
                Committed refused = (Committed) fruit.appendAndWait(Bytes.utf8("apples"));
                assertThat(refused.result().refused()).isTrue();
                assertThat(fruit.queryAndWait(
                                        Bytes.utf8("apples"), ReadConsistency.LINEARIZABLE, ReadPreference.PRIMARY)
                                .value()
                                .utf8())
                        .isEqualTo("7");
            }
        }
    }

    @Test
    void theStateMachineAloneRunsInAServerThatTheUserHas() throws Exception {
        RaftPeer peer = RaftPeer.newBuilder()
                .setId("r1")
                .setAddress("127.0.0.1:" + FreePorts.pick(1).get(0))
                .build();
        RaftGroup group = RaftGroup.valueOf(RaftGroupId.valueOf(UUID.randomUUID()), peer);
        ClusterId cluster = new ClusterId(UUID.randomUUID());
        RaftProperties properties = new RaftProperties();
        RaftServerConfigKeys.setStorageDir(
                properties, List.of(directory.resolve("raft").toFile()));
        GrpcConfigKeys.Server.setPort(
                properties, Integer.parseInt(peer.getAddress().split(":")[1]));
        RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, false);
        try (RocksDbStateStoreFactory stores = new RocksDbStateStoreFactory(RocksDbMemory.lan())) {
            for (int life = 1; life <= 2; life++) {
                RaftSync sync = new RaftSync((id, failure) -> {});
                Parameters parameters = new Parameters();
                sync.install(parameters);
                Peer self = new Peer(new PeerId(new NodeId("r1"), new Incarnation(1)), peer.getAddress(), Role.VOTER);
                ShardDescriptor shard =
                        new ShardDescriptor(cluster, new ShardId("fruit"), Generation.FIRST, "tally", List.of(self));
                QuorateStateMachine machine =
                        new QuorateStateMachine(shard, new Tally(), stores, directory.resolve("live"), sync);
                try (RaftServer server = RaftServer.newBuilder()
                        .setServerId(peer.getId())
                        .setGroup(group)
                        .setOption(org.apache.ratis.server.storage.RaftStorage.StartupOption.RECOVER)
                        .setStateMachine(machine)
                        .setProperties(properties)
                        .setParameters(parameters)
                        .build()) {
                    server.start();
                    try (RaftClient client = RaftClient.newBuilder()
                            .setProperties(new RaftProperties())
                            .setRaftGroup(group)
                            .build()) {
                        QuorateStateMachine.Answer answer = QuorateStateMachine.Answer.decode(
                                client.io().send(Message.valueOf("apples 5")).getMessage());
                        assertThat(answer.value().utf8()).isEqualTo(Integer.toString(5 * life));
                        Message read = client.io()
                                .sendReadOnly(Message.valueOf("apples"))
                                .getMessage();
                        assertThat(read.getContent().toStringUtf8()).isEqualTo(Integer.toString(5 * life));
                    }
                }
            }
        }
    }
}
