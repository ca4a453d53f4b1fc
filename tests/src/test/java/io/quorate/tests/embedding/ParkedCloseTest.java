package io.quorate.tests.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.process.FreePorts;
import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.app.StateTransaction;
import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.raft.QuorateStateMachine;
import io.quorate.statemachine.raft.sync.RaftSync;
import io.quorate.statemachine.rocksdb.RocksDbMemory;
import io.quorate.statemachine.rocksdb.RocksDbStateStoreFactory;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogEntry;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a server of the user's own: a replica that is parked at an entry does not keep what it is part of from closing. */
class ParkedCloseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private static final class AppliesNothing implements Application {
        @Override
        public String name() {
            return "nothing";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public ApplyResult apply(LogEntry entry, StateTransaction state) {
            throw new IllegalArgumentException("cannot apply (planted)");
        }

        @Override
        public Bytes query(Bytes query, StateView state) {
            return query;
        }
    }

    private interface Close {
        Closeable of(RaftServer server, RaftGroupId group) throws Exception;
    }

    @Test
    void theServerCloses() throws Exception {
        closesWhileParked((server, group) -> server);
    }

    @Test
    void theDivisionCloses() throws Exception {
        closesWhileParked(RaftServer::getDivision);
    }

    private void closesWhileParked(Close what) throws Exception {
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
        Peer self = new Peer(new PeerId(new NodeId("r1"), new Incarnation(1)), peer.getAddress(), Role.VOTER);
        ShardDescriptor shard = new ShardDescriptor(
                new ClusterId(UUID.randomUUID()), new ShardId("fruit"), Generation.FIRST, "nothing", List.of(self));
        RocksDbStateStoreFactory stores = new RocksDbStateStoreFactory(RocksDbMemory.lan());
        RaftServer server = RaftServer.newBuilder()
                .setServerId(peer.getId())
                .setGroup(group)
                .setStateMachine(new QuorateStateMachine(
                        shard,
                        new AppliesNothing(),
                        stores,
                        directory.resolve("live"),
                        new RaftSync((id, failure) -> {})))
                .setProperties(properties)
                .build();
        server.start();
        try (RaftClient client = RaftClient.newBuilder()
                .setProperties(new RaftProperties())
                .setRaftGroup(group)
                .build()) {
            client.io().send(Message.valueOf("parks it"));
            RaftServer.Division division = server.getDivision(group.getGroupId());
            long before = division.getRaftLog().getLastCommittedIndex();
            client.async().send(Message.valueOf("waits behind it"));
            Awaitility.await("an entry behind the one that parks it")
                    .atMost(PATIENCE)
                    .until(() -> division.getRaftLog().getLastCommittedIndex() > before);
            Closeable closing = what.of(server, group.getGroupId());
            assertThat(CompletableFuture.runAsync(() -> close(closing))).succeedsWithin(PATIENCE);
        }
        server.close();
        stores.close();
    }

    private static void close(Closeable closing) {
        try {
            closing.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
