package io.quorate.tests.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.process.FreePorts;
import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.raft.QuorateStateMachine;
import io.quorate.statemachine.raft.sync.RaftSync;
import io.quorate.statemachine.rocksdb.RocksDbMemory;
import io.quorate.statemachine.rocksdb.RocksDbStateStoreFactory;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.statemachine.store.StateSnapshot;
import io.quorate.statemachine.store.StateStore;
import io.quorate.statemachine.store.StateStoreException;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.LifeCycle;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a server of the user's own, where Ratis says when a checkpoint is made: one that fails is tried again. */
class FailedSnapshotTest {
    private static final int FAILURES = 2;

    @TempDir
    Path directory;

    private final AtomicInteger tried = new AtomicInteger();

    /** A store whose disk is full the first times. */
    private final class FullAtFirst implements StateStore {
        private final StateStore store;

        FullAtFirst(StateStore store) {
            this.store = store;
        }

        @Override
        public Position checkpoint(Path target) {
            if (tried.incrementAndGet() <= FAILURES) {
                throw new StateStoreException("no space left (planted)");
            }
            return store.checkpoint(target);
        }

        @Override
        public Position position() {
            return store.position();
        }

        @Override
        public StateView view(Keyspace keyspace) {
            return store.view(keyspace);
        }

        @Override
        public StateSnapshot snapshot() {
            return store.snapshot();
        }

        @Override
        public void write(StateBatch batch, Position position) {
            store.write(batch, position);
        }

        @Override
        public long diskBytes() {
            return store.diskBytes();
        }

        @Override
        public void close() {
            store.close();
        }
    }

    @Test
    void aCheckpointThatFailsLeavesTheDivisionRunningAndIsTriedAgain() throws Exception {
        RaftPeer peer = RaftPeer.newBuilder()
                .setId("r1")
                .setAddress("127.0.0.1:" + FreePorts.pick(1).get(0))
                .build();
        RaftGroup group = RaftGroup.valueOf(RaftGroupId.valueOf(UUID.randomUUID()), peer);
        RaftProperties properties = new RaftProperties();
        RaftServerConfigKeys.setStorageDir(
                properties, List.of(directory.resolve("raft").toFile()));
        GrpcConfigKeys.Server.setPort(
                properties, Integer.parseInt(peer.getAddress().split(":")[1]));
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(properties, 3);
        Peer self = new Peer(new PeerId(new NodeId("r1"), new Incarnation(1)), peer.getAddress(), Role.VOTER);
        ShardDescriptor shard = new ShardDescriptor(
                new ClusterId(UUID.randomUUID()), new ShardId("fruit"), Generation.FIRST, "tally", List.of(self));
        try (RocksDbStateStoreFactory stores = new RocksDbStateStoreFactory(RocksDbMemory.lan());
                RaftServer server = RaftServer.newBuilder()
                        .setServerId(peer.getId())
                        .setGroup(group)
                        .setStateMachine(new QuorateStateMachine(
                                shard,
                                new EmbeddingTest.Tally(),
                                (live, checkpoint) -> new FullAtFirst(stores.open(live, checkpoint)),
                                directory.resolve("live"),
                                new RaftSync((id, failure) -> {})))
                        .setProperties(properties)
                        .build()) {
            server.start();
            try (RaftClient client = RaftClient.newBuilder()
                    .setProperties(new RaftProperties())
                    .setRaftGroup(group)
                    .build()) {
                Awaitility.await("a checkpoint behind those that failed")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> {
                            assertThat(client.io()
                                            .send(Message.valueOf("apples 1"))
                                            .isSuccess())
                                    .isTrue();
                            return tried.get() > FAILURES;
                        });
                assertThat(server.getDivision(group.getGroupId()).getInfo().getLifeCycleState())
                        .isEqualTo(LifeCycle.State.RUNNING);
            }
        }
    }
}
