package io.quorate.tests.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.cli.process.FreePorts;
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
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state machine alone in three servers of the user's own: what it promises there without the shard host. */
class EmbeddedGroupTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int KEYS = 10;
    /** Long keys fill the log, so that its segments are closed and may go. */
    private static final String PADDING = "x".repeat(500);

    @TempDir
    Path directory;

    private final List<RaftPeer> peers = new ArrayList<>();
    private final Map<String, RaftServer> running = new TreeMap<>();
    private final ConcurrentLinkedQueue<String> syncFailures = new ConcurrentLinkedQueue<>();
    private final ClusterId cluster = new ClusterId(UUID.randomUUID());
    private final RocksDbStateStoreFactory stores = new RocksDbStateStoreFactory(RocksDbMemory.lan());
    private final RaftGroup group;
    private final Map<String, Long> sums = new HashMap<>();
    private long lastLsn;

    EmbeddedGroupTest() {
        List<Integer> ports = FreePorts.pick(3);
        for (int i = 1; i <= 3; i++) {
            peers.add(RaftPeer.newBuilder()
                    .setId("r" + i)
                    .setAddress("127.0.0.1:" + ports.get(i - 1))
                    .build());
        }
        group = RaftGroup.valueOf(RaftGroupId.valueOf(UUID.randomUUID()), peers);
    }

    @AfterEach
    void close() throws IOException {
        for (RaftServer server : running.values()) {
            server.close();
        }
        stores.close();
    }

    private ShardDescriptor shard() {
        List<Peer> voters = peers.stream()
                .map(peer -> new Peer(
                        new PeerId(new NodeId(peer.getId().toString()), new Incarnation(1)),
                        peer.getAddress(),
                        Role.VOTER))
                .toList();
        return new ShardDescriptor(cluster, new ShardId("fruit"), Generation.FIRST, "tally", voters);
    }

    /** Small segments and frequent checkpoints, so that the log behind them really goes. */
    private RaftProperties properties(RaftPeer peer) {
        RaftProperties p = new RaftProperties();
        p.set(
                "raft.server.storage.dir",
                directory.resolve(peer.getId() + "-raft").toString());
        p.set("raft.grpc.server.port", peer.getAddress().split(":")[1]);
        p.set("raft.server.rpc.timeout.min", "1s");
        p.set("raft.server.rpc.timeout.max", "2s");
        p.set("raft.server.log.append-entries.compose.enabled", "false");
        p.set("raft.server.snapshot.auto.trigger.enabled", "true");
        p.set("raft.server.snapshot.auto.trigger.threshold", "50");
        p.set("raft.server.log.segment.size.max", "32KB");
        p.set("raft.server.log.preallocated.size", "8KB");
        p.set("raft.server.log.write.buffer.size", "64KB");
        p.set("raft.server.log.appender.buffer.byte-limit", "16KB");
        p.set("raft.server.log.purge.upto.snapshot.index", "true");
        p.set("raft.server.log.purge.gap", "1");
        return p;
    }

    private void start(RaftPeer peer) throws IOException {
        RaftSync sync = new RaftSync((id, failure) -> syncFailures.add(id + ": " + failure));
        Parameters parameters = new Parameters();
        sync.install(parameters);
        Path live = directory.resolve(peer.getId() + "-live");
        RaftServer server = RaftServer.newBuilder()
                .setServerId(peer.getId())
                .setGroup(group)
                .setOption(RaftStorage.StartupOption.RECOVER)
                .setProperties(properties(peer))
                .setParameters(parameters)
                .setStateMachineRegistry(id -> new QuorateStateMachine(
                        shard(), new EmbeddingTest.Tally(), stores, live.resolve(id.toString()), sync))
                .build();
        server.start();
        running.put(peer.getId().toString(), server);
    }

    private void stop(RaftPeer peer) throws IOException {
        running.remove(peer.getId().toString()).close();
    }

    private RaftServer.Division division(RaftPeer peer) throws IOException {
        return running.get(peer.getId().toString()).getDivision(group.getGroupId());
    }

    private RaftPeer leader() {
        return await("a leader")
                .atMost(PATIENCE)
                .until(
                        () -> {
                            for (RaftPeer peer : peers) {
                                if (running.containsKey(peer.getId().toString())
                                        && division(peer).getInfo().isLeaderReady()) {
                                    return peer;
                                }
                            }
                            return null;
                        },
                        peer -> peer != null);
    }

    private void add(RaftClient client, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            String key = PADDING + i % KEYS;
            RaftClientReply reply = client.io().send(Message.valueOf(key + " " + (i + 1)));
            QuorateStateMachine.Answer answer = QuorateStateMachine.Answer.decode(reply.getMessage());
            assertThat(answer.refused()).isFalse();
            assertThat(answer.lsn().value()).as("dense").isEqualTo(++lastLsn);
            assertThat(answer.value().utf8())
                    .as("each once")
                    .isEqualTo(Long.toString(sums.merge(key, (long) i + 1, Long::sum)));
        }
    }

    private void awaitEqual() throws IOException {
        long goal = division(leader()).getInfo().getLastAppliedIndex();
        for (RaftPeer peer : peers) {
            await(peer.getId() + " at index " + goal)
                    .atMost(PATIENCE)
                    .until(() -> division(peer).getInfo().getLastAppliedIndex() >= goal);
            for (Map.Entry<String, Long> sum : sums.entrySet()) {
                Message own = division(peer)
                        .getStateMachine()
                        .query(Message.valueOf(sum.getKey()))
                        .join();
                assertThat(own.getContent().toStringUtf8())
                        .as("%s of replica %s", sum.getKey(), peer.getId())
                        .isEqualTo(Long.toString(sum.getValue()));
            }
        }
    }

    @Test
    void aPeerThatIsFarBehindInstallsASnapshotAndAllAreEqualAlsoAfterARestart() throws Exception {
        for (RaftPeer peer : peers) {
            start(peer);
        }
        RaftPeer behind = peers.get((peers.indexOf(leader()) + 1) % peers.size());
        try (RaftClient client = RaftClient.newBuilder()
                .setProperties(new RaftProperties())
                .setRaftGroup(group)
                .build()) {
            add(client, 30);
            awaitEqual();
            stop(behind);
            long lastOfBehind = division(leader()).getRaftLog().getNextIndex() - 1;
            add(client, 400);
            await("the log behind the checkpoint is gone")
                    .atMost(PATIENCE)
                    .until(() -> division(leader()).getRaftLog().getStartIndex() > lastOfBehind + 1);
            start(behind);
            awaitEqual();
            add(client, 30);
            awaitEqual();
            assertThat(division(behind).getRaftLog().getStartIndex())
                    .as("what came before was installed, not replayed")
                    .isGreaterThan(lastOfBehind + 1);
        }
        for (RaftPeer peer : peers) {
            stop(peer);
        }
        for (RaftPeer peer : peers) {
            start(peer);
        }
        leader();
        awaitEqual();
        assertThat(syncFailures).isEmpty();
    }
}
