package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.WriteConcern;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a shard that was removed harms neither the node nor a later life of the shard. */
class RemovalTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    /** As a node leaves it that dies while it removes a shard. */
    private static void beginRemoval(Path shardFile) throws IOException {
        String body = Files.readString(shardFile).lines().skip(1).findFirst().orElseThrow() + "\n";
        String removing = body.replace("\"OPEN\"", "\"REMOVING\"");
        assertThat(removing).isNotEqualTo(body);
        CRC32C crc = new CRC32C();
        crc.update(removing.getBytes(StandardCharsets.UTF_8));
        Files.writeString(shardFile, String.format("QUORATE-SHARD 1 %08x%n%s", crc.getValue(), removing));
    }

    @Test
    void aLaterLifeOfAShardTakesThePlaceOfWhatIsLeftOfAnEarlierOne() throws IOException {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            ShardDescriptor first = cluster.found(1, "s1", Ledger.NAME);
            HostedShard before = cluster.leader(first);
            LogRecord record = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("of the first life"));
            before.append(record, WriteConcern.MAJORITY, PATIENCE).join();
            ShardDescriptor second = new ShardDescriptor(
                    cluster.id(), first.shard(), first.generation().next(), Ledger.NAME, first.peers());

            // this node was away when the first life was removed, and hears of the second only
            cluster.host("n1").found(second);

            assertThat(cluster.host("n1").all()).hasSize(1);
            HostedShard after = cluster.leader(second);
            assertThat(after.descriptor().generation()).isEqualTo(second.generation());
            assertThat(after.status().applied()).isEqualTo(Lsn.ZERO);
            assertThatThrownBy(() -> cluster.host("n1").found(first)).hasMessageContaining("generation 1 is over");
            assertThatThrownBy(() -> cluster.host("n1").join(first)).hasMessageContaining("generation 1 is over");
            cluster.host("n1").remove(first.shard(), first.generation());
            assertThat(cluster.host("n1").all())
                    .as("a late removal of the first life")
                    .hasSize(1);
            cluster.stop("n1");
            cluster.start("n1");
            assertThat(cluster.leader(second).descriptor().generation()).isEqualTo(second.generation());
        }
    }

    @Test
    void aNodeThatDiedWhileItRemovedAShardStartsAndFinishesIt() throws IOException {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(1, "s1", Ledger.NAME);
            ShardDescriptor other = cluster.openEverywhere("other", Ledger.NAME, List.of(cluster.peer("n1")));
            cluster.awaitLeader(shard);
            cluster.awaitLeader(other);
            cluster.stop("n1");
            beginRemoval(cluster.directory("n1").resolve("shards/s1.shard"));
            Path group = cluster.directory("n1").resolve("raft/" + shard.groupId());
            // files go in the order of the directory: here the vote first, and the log is left
            assertThat(Files.deleteIfExists(group.resolve("current/raft-meta"))).isTrue();

            cluster.start("n1");

            assertThat(cluster.host("n1").find(new ShardId("s1"))).isEmpty();
            assertThat(group).doesNotExist();
            assertThat(cluster.awaitLeader(other)).isEqualTo("n1");
            cluster.stop("n1");
            cluster.start("n1");
            assertThat(cluster.awaitLeader(other)).isEqualTo("n1");
        }
    }

    @Test
    void aShardWhoseRemovalBrokeOffIsRemovedBeforeThisNodeJoinsItAgain() throws IOException {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            HostedShard leader = cluster.leader(shard);
            LogRecord record = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("once the leader is ready"));
            leader.append(record, WriteConcern.MAJORITY, PATIENCE).join();
            Peer leaving = cluster.peer(cluster.follower(shard));
            String node = leaving.id().node().value();
            leader.membership().remove(leaving.id(), PATIENCE).join();
            // a file of the shard that cannot be deleted as such
            Path obstacle = cluster.directory(node).resolve("shards/" + shard.groupId() + ".marks");
            Files.createDirectories(obstacle.resolve("not empty"));
            assertThatThrownBy(() -> cluster.host(node).remove(shard.shard())).isInstanceOf(IOException.class);
            Files.delete(obstacle.resolve("not empty"));
            Files.delete(obstacle);
            // and of the group a part is left
            Path current = cluster.directory(node).resolve("raft/" + shard.groupId() + "/current");
            Files.createDirectories(current);
            Files.writeString(current.resolve("log_inprogress_0"), "half a segment");

            cluster.open(node, shard);

            assertThat(current.resolve("log_inprogress_0")).doesNotExist();
            cluster.leader(shard).membership().put(leaving, PATIENCE).join();
            Replicas.assertEqualState(cluster, shard);
            assertThat(Replicas.problems(cluster, shard)).isEmpty();
        }
    }
}
