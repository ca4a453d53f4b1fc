package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.WriteConcern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A peer that is being added has no vote and is nobody's majority until it has caught up. */
class StagingTest {
    private static final Duration PATIENCE = Duration.ofSeconds(50);
    private static final Duration SHORT = Duration.ofMillis(500);

    @TempDir
    Path directory;

    private static Committed append(HostedShard leader, String text, WriteConcern concern, Duration timeout) {
        return (Committed) leader.append(LogRecord.sessionless(EntryKind.USER, Bytes.utf8(text)), concern, timeout)
                .join();
    }

    @Test
    void whoHasNotCaughtUpIsNotCounted() {
        try (Partition partition = new Partition();
                InProcessCluster cluster =
                        new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            HostedShard leader = cluster.leader(shard);
            append(leader, "before", WriteConcern.ALL, PATIENCE);
            Peer fourth = cluster.define("n4");
            cluster.start("n4");
            cluster.open("n4", shard);
            // nothing reaches the new one, nor one of the old: of four voters two would be no majority
            Peer away = cluster.peer(cluster.follower(shard));
            partition.isolate(fourth.id().toString());
            partition.isolate(away.id().toString());
            CompletableFuture<Void> added = leader.membership().put(fourth, PATIENCE);
            for (int i = 0; i < 20; i++) {
                assertThat(append(leader, "without both " + i, WriteConcern.MAJORITY, PATIENCE)
                                .missing())
                        .isEmpty();
            }
            assertThat(append(leader, "all", WriteConcern.ALL, SHORT).missing())
                    .as("voters that are missing")
                    .containsExactly(away.id().toString());
            assertThat(added).isNotDone();
            assertThat(leader.status().leads()).isTrue();
            assertThat(leader.status().peers()).hasSize(3).doesNotContain(fourth);

            partition.heal();
            added.join();
            HostedShard leading = cluster.leader(shard);
            assertThat(leading.status().peers()).hasSize(4).contains(fourth);
            assertThat(append(leading, "all four", WriteConcern.ALL, PATIENCE).missing())
                    .isEmpty();
            partition.isolate(fourth.id().toString());
            assertThat(append(leading, "three of four", WriteConcern.ALL, SHORT).missing())
                    .as("now it counts")
                    .containsExactly(fourth.id().toString());
            partition.heal();
            Replicas.assertEqualState(cluster, shard);
        }
    }
}
