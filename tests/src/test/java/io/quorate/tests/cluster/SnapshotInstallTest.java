package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.raft.BatchLimits;
import io.quorate.statemachine.raft.HostConfig;
import io.quorate.statemachine.raft.RatisSettings;
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
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotInstallTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    /** Small segments and frequent checkpoints, so that the log behind them really goes. */
    private static HostConfig forgetful(HostConfig config) {
        RatisSettings small = new RatisSettings(
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                128 << 10,
                256 << 10,
                128 << 10,
                256 << 10,
                10,
                1L << 20,
                new BatchLimits(16 << 10, 16 << 10, 64, 4, 4096, 4 << 20));
        return config.withRaft(small).withCheckpoints(Duration.ofMillis(300), 1 << 20);
    }

    @Test
    void farBehindAndNewPeersInstallASnapshotWhileTrafficGoesOn() {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), SnapshotInstallTest::forgetful)) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            String behind = cluster.follower(shard);
            try (QuorateClient client = cluster.client(UnaryOperator.identity());
                    Load load = Load.start(client.shard(shard.shard()), 4, 2000)) {
                load.awaitMore(50);
                cluster.stop(behind);
                // at most this far can the stopped peer's log reach
                long lastOfBehind = cluster.leader(shard).status().committedIndex() + 100;
                String leader = awaitPurged(cluster, shard, lastOfBehind);
                cluster.start(behind);
                awaitCaughtUp(cluster, behind, shard);
                assertThat(Replicas.firstLoggedIndex(cluster, behind, shard))
                        .as("first index in the log of the peer that was behind")
                        .isGreaterThan(lastOfBehind);

                Peer fresh = cluster.define("n4");
                cluster.start("n4");
                cluster.open("n4", shard);
                awaitPurged(cluster, shard, lastOfBehind);
                cluster.leader(shard).membership().put(fresh, PATIENCE).join();
                awaitCaughtUp(cluster, "n4", shard);
                assertThat(Replicas.firstLoggedIndex(cluster, "n4", shard))
                        .as("first index in the log of the new peer")
                        .isGreaterThan(lastOfBehind);
                load.awaitMore(50);
                load.stop();
                assertThat(load.unacknowledged()).isEmpty();
                Replicas.assertEqualState(cluster, shard);
                for (String node : cluster.runningNodes()) {
                    Replicas.assertExactlyOnce(cluster.shard(node, shard), load.acknowledged());
                }
                assertThat(Replicas.problems(cluster, shard)).isEmpty();
                assertThat(leader).isNotEqualTo(behind);
            }
            // what was installed is what a restart opens
            cluster.stop("n4");
            cluster.start("n4");
            cluster.stop(behind);
            cluster.start(behind);
            Replicas.assertEqualState(cluster, shard);
        }
    }

    /** Nobody writes while the checkpoint is made: a shard with few writes must not keep its log for ever. */
    @Test
    void theLogOfAQuietShardGoesBehindACheckpoint() {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), config -> forgetful(config)
                        .withCheckpoints(Duration.ofDays(1), 1L << 40))) {
            ShardDescriptor shard = cluster.found(1, "s1", Ledger.NAME);
            HostedShard alone = cluster.leader(shard);
            long before = Replicas.firstLoggedIndex(cluster, "n1", shard);
            Bytes payload = Bytes.wrap(new byte[12_000]);
            for (int i = 0; i < 1200; i++) { // more than the entries that are kept behind a checkpoint
                LogRecord record = LogRecord.sessionless(EntryKind.USER, payload);
                assertThat(alone.append(record, WriteConcern.MAJORITY, PATIENCE).join())
                        .isInstanceOf(Committed.class);
            }
            alone.checkpoint(PATIENCE).join();
            Awaitility.await("purged")
                    .atMost(PATIENCE)
                    .until(() -> Replicas.firstLoggedIndex(cluster, "n1", shard) > before + 100);
        }
    }

    private static String awaitPurged(InProcessCluster cluster, ShardDescriptor shard, long index) {
        String leader = cluster.awaitLeader(shard);
        Awaitility.await("the log of the leader up to " + index + " purged")
                .atMost(PATIENCE)
                .until(() -> Replicas.firstLoggedIndex(cluster, leader, shard) > index);
        return leader;
    }

    private static void awaitCaughtUp(InProcessCluster cluster, String node, ShardDescriptor shard) {
        long goal = cluster.leader(shard).status().applied().value();
        Awaitility.await(node + " at lsn " + goal)
                .atMost(PATIENCE)
                .until(() -> cluster.shard(node, shard).status().applied().value() >= goal);
    }
}
