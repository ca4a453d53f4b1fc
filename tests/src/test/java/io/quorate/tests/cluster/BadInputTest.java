package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.LogStatus;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.retry.RetryPolicies;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes in wrong is refused by name, and the leader goes on leading in the same term. */
class BadInputTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    static Path directory;

    private static InProcessCluster cluster;
    private static ShardDescriptor shard;

    private LogStatus before;

    @BeforeAll
    static void found() {
        cluster = new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity());
        shard = cluster.found(3, "s1", Ledger.NAME);
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    @BeforeEach
    void remember() {
        assertThat(append("good")).isInstanceOf(Committed.class);
        before = cluster.leader(shard).status();
    }

    @AfterEach
    void nothingHappened() {
        LogStatus after = cluster.leader(shard).status();
        assertThat(after.leader()).isEqualTo(before.leader());
        assertThat(after.epoch()).isEqualTo(before.epoch());
        assertThat(after.applied()).isEqualTo(before.applied());
        assertThat(append("good")).isInstanceOf(Committed.class);
        assertThat(Replicas.problems(cluster, shard)).isEmpty();
    }

    private static AppendOutcome append(String text) {
        HostedShard leader = cluster.leader(shard);
        return leader.append(LogRecord.sessionless(EntryKind.USER, Bytes.utf8(text)), WriteConcern.MAJORITY, TIMEOUT)
                .join();
    }

    private static void assertRejected(AppendOutcome outcome, RejectReason reason) {
        assertThat(outcome).isInstanceOfSatisfying(Rejected.class, rejected -> assertThat(rejected.reason())
                .isEqualTo(reason));
    }

    @Test
    void aForeignPayloadByARawRaftClientIsRefused() throws IOException {
        List<RaftPeer> peers = before.peers().stream()
                .map(peer -> RaftPeer.newBuilder()
                        .setId(peer.id().toString())
                        .setAddress(peer.address())
                        .build())
                .toList();
        try (RaftClient raw = RaftClient.newBuilder()
                .setProperties(new RaftProperties())
                .setRaftGroup(RaftGroup.valueOf(RaftGroupId.valueOf(shard.groupId()), peers))
                .setRetryPolicy(RetryPolicies.noRetry())
                .setLeaderId(peers.stream()
                        .map(RaftPeer::getId)
                        .filter(id -> id.toString().equals(before.self().toString()))
                        .findFirst()
                        .orElseThrow())
                .build()) {
            assertThatThrownBy(() -> raw.io().send(Message.valueOf("not ours")))
                    .isInstanceOf(StateMachineException.class)
                    .hasMessageContaining("through Quorate's own service only");
        }
    }

    @Test
    void anOversizedEntryIsTooLargeAtTheLeaderAndThroughTheClient() {
        assertRejected(append("x".repeat(3 << 20)), RejectReason.TOO_LARGE);
        try (QuorateClient client = cluster.client(UnaryOperator.identity())) {
            assertRejected(
                    client.shard(shard.shard())
                            .append(Bytes.wrap(new byte[3 << 20]))
                            .join(),
                    RejectReason.TOO_LARGE);
        }
        // the client's session took an lsn or two
        before = cluster.leader(shard).status();
    }

    @Test
    void anUnknownShardIsNamed() {
        try (QuorateClient client = cluster.client(UnaryOperator.identity())) {
            assertRejected(
                    client.shard(new ShardId("nothing")).appendAndWait(Bytes.utf8("lost")), RejectReason.UNKNOWN_SHARD);
        }
    }

    @Test
    void aClientOfAnotherClusterIsRefused() {
        ClusterId other = new ClusterId(UUID.randomUUID());
        try (QuorateClient client = cluster.client(config -> config.withCluster(other))) {
            assertRejected(
                    client.shard(shard.shard()).appendAndWait(Bytes.utf8("astray")), RejectReason.WRONG_IDENTITY);
        }
        ShardDescriptor foreign =
                new ShardDescriptor(other, new ShardId("s2"), Generation.FIRST, Ledger.NAME, shard.peers());
        assertThatThrownBy(() -> cluster.host("n1").join(foreign))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(other.toString());
    }

    @Test
    void aPortInUseIsNamedAndEndsNothingButTheNodeThatWantedIt() throws IOException {
        Peer late = cluster.define("n9");
        int port = Integer.parseInt(late.address().substring(late.address().lastIndexOf(':') + 1));
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(taken.isBound()).isTrue();
            assertThatThrownBy(() -> cluster.start("n9"))
                    .hasRootCauseInstanceOf(IOException.class)
                    .cause()
                    .hasMessageContaining("cannot listen at " + late.address());
        }
    }
}
