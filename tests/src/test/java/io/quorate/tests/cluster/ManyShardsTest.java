package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tens of shards on one port of each node: each has a log of its own, and all come back together. */
class ManyShardsTest {
    private static final int SHARDS = 24;
    private static final int APPENDS = 10;

    @TempDir
    Path directory;

    @Test
    void everyShardKeepsItsOwnLogAlsoOverARestartOfANode() {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            List<ShardDescriptor> shards = new ArrayList<>();
            shards.add(cluster.found(3, "s0", Ledger.NAME));
            for (int i = 1; i < SHARDS; i++) {
                shards.add(cluster.openEverywhere(
                        "s" + i, Ledger.NAME, shards.get(0).peers()));
            }
            assertThat(cluster.host("n1").all()).hasSize(SHARDS);
            try (QuorateClient client = cluster.client(UnaryOperator.identity())) {
                appendToAll(client, shards, "first");
                cluster.stop("n2");
                appendToAll(client, shards, "without n2");
                cluster.start("n2");
                assertThat(cluster.host("n2").all()).hasSize(SHARDS);
                appendToAll(client, shards, "with all");
            }
            for (ShardDescriptor shard : shards) {
                Lsn last = Replicas.assertEqualState(cluster, shard);
                assertThat(last.value())
                        .as("entries of three rounds, and the sessions of one client")
                        .isBetween(3L * APPENDS + 1, 3L * APPENDS + 3);
                assertThat(Replicas.problems(cluster, shard)).isEmpty();
            }
        }
    }

    private static void appendToAll(QuorateClient client, List<ShardDescriptor> shards, String what) {
        List<CompletableFuture<AppendOutcome>> appends = new ArrayList<>();
        for (ShardDescriptor shard : shards) {
            for (int i = 0; i < APPENDS; i++) {
                appends.add(client.shard(shard.shard()).append(Bytes.utf8(shard.shard() + " " + what + " " + i)));
            }
        }
        assertThat(appends).allSatisfy(append -> assertThat(append.join()).isInstanceOf(Committed.class));
    }
}
