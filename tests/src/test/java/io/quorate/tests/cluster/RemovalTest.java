package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a shard that was removed harms neither the node nor a later life of the shard. */
class RemovalTest {
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
}
