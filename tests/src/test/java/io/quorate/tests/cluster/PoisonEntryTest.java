package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.raft.BatchLimits;
import io.quorate.statemachine.raft.HostConfig;
import io.quorate.statemachine.raft.RatisSettings;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.WriteConcern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application that fails at an entry, on some replica: that one stops there by name, the others go on. */
class PoisonEntryTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final Set<String> poisoned = ConcurrentHashMap.newKeySet();

    private void swallow(String node, LogEntry entry) {
        if (poisoned.contains(node) && entry.payload().utf8().startsWith("poison")) {
            String why = "cannot stomach " + entry.payload().utf8();
            if (entry.payload().utf8().endsWith("1")) {
                throw new IllegalArgumentException(why);
            }
            throw new NoClassDefFoundError(why); // an error is no exception
        }
    }

    private static LogRecord record(String text) {
        return LogRecord.sessionless(EntryKind.USER, Bytes.utf8(text));
    }

    /** Tries again what was rejected: on a busy machine the leader may change at any time. */
    private static Lsn commit(InProcessCluster cluster, ShardDescriptor shard, String text) {
        AppendOutcome outcome = Awaitility.await("commit")
                .atMost(TIMEOUT)
                .until(
                        () -> cluster.leader(shard)
                                .append(record(text), WriteConcern.MAJORITY, TIMEOUT)
                                .join(),
                        ended -> !(ended instanceof Rejected));
        return ((Committed) outcome).lsn();
    }

    private static void awaitParked(HostedShard replica, Lsn behind) {
        String health = Awaitility.await("parked")
                .atMost(TIMEOUT)
                .until(() -> replica.status().health().orElse(""), text -> !text.isEmpty());
        assertThat(health).contains("behind lsn " + behind).contains("cannot stomach poison");
        assertThat(replica.status().applied()).isEqualTo(behind);
    }

    /** Small segments and frequent checkpoints, so that the log behind them really goes. */
    private static HostConfig forgetful(HostConfig config) {
        RatisSettings small = new RatisSettings(
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                128 << 10,
                256 << 10,
                128 << 10,
                256 << 10,
                1,
                1L << 20,
                new BatchLimits(16 << 10, 16 << 10, 64, 4, 4096, 4 << 20));
        return config.withRaft(small).withCheckpoints(Duration.ofMillis(300), 1 << 20);
    }

    @Test
    void aSnapshotBeyondTheEntryHealsAParkedReplicaWithoutARestart() {
        try (Partition partition = new Partition();
                InProcessCluster cluster = new InProcessCluster(
                        directory,
                        node -> List.of(() -> new Ledger(entry -> swallow(node, entry))),
                        PoisonEntryTest::forgetful)) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            Lsn before = commit(cluster, shard, "good");
            String parked = cluster.follower(shard);
            Peer peer = cluster.peer(parked);
            HostedShard replica = cluster.shard(parked, shard);
            poisoned.add(parked);
            commit(cluster, shard, "poison 2");
            awaitParked(replica, before);

            partition.isolate(peer.id().toString());
            String leader = Awaitility.await("a leader among the others")
                    .atMost(TIMEOUT)
                    .until(() -> cluster.leaderNow(shard).orElse(parked), node -> !node.equals(parked));
            long last = cluster.shard(leader, shard).status().committedIndex();
            Awaitility.await("the log that the parked one could follow is purged")
                    .atMost(TIMEOUT)
                    .until(() -> {
                        commit(cluster, shard, "x".repeat(8000));
                        return Replicas.firstLoggedIndex(cluster, cluster.awaitLeader(shard), shard) > last + 1;
                    });
            partition.heal();

            Awaitility.await("healed")
                    .atMost(TIMEOUT)
                    .until(() -> replica.status().health().isEmpty());
            Replicas.assertEqualState(cluster, shard);
            commit(cluster, shard, "good again");
            Replicas.assertEqualState(cluster, shard);
            Awaitility.await("it may lead again").atMost(TIMEOUT).until(() -> {
                cluster.leader(shard)
                        .membership()
                        .transferLeadership(peer.id(), Duration.ofSeconds(5))
                        .handle((done, failure) -> done)
                        .join();
                return replica.status().leads();
            });
            assertThat(commit(cluster, shard, "led by the healed one").compareTo(before))
                    .isPositive();
        }
    }

    @Test
    void theReplicaThatFailsIsParkedAtANamedLsnAndTheOthersGoOn() {
        try (InProcessCluster cluster = new InProcessCluster(
                directory,
                node -> List.of(() -> new Ledger(entry -> swallow(node, entry))),
                UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            Lsn before = commit(cluster, shard, "good");
            String follower = cluster.follower(shard);
            poisoned.add(follower);
            assertThat(commit(cluster, shard, "poison 1")).isEqualTo(before.next());
            assertThat(commit(cluster, shard, "good")).isEqualTo(before.next().next());
            awaitParked(cluster.shard(follower, shard), before);

            // a restart finds it again, unless what failed is mended
            cluster.stop(follower);
            cluster.start(follower);
            awaitParked(cluster.shard(follower, shard), before);
            cluster.stop(follower);
            poisoned.clear();
            cluster.start(follower);
            Lsn last = Replicas.assertEqualState(cluster, shard);

            // on the leader: it must not go on leading what it cannot apply
            String leader = cluster.awaitLeader(shard);
            HostedShard parked = cluster.shard(leader, shard);
            poisoned.add(leader);
            assertThat(parked.append(record("poison 2"), WriteConcern.MAJORITY, Duration.ofSeconds(1))
                            .join())
                    .isInstanceOf(Indeterminate.class);
            awaitParked(parked, last);
            Awaitility.await("another leader").atMost(TIMEOUT).until(() -> cluster.leaderNow(shard)
                    .filter(now -> !now.equals(leader))
                    .isPresent());
            assertThat(commit(cluster, shard, "good").compareTo(last)).isPositive();
            cluster.stop(leader);
            poisoned.clear();
            cluster.start(leader);
            Replicas.assertEqualState(cluster, shard);
            assertThat(Replicas.problems(cluster, shard)).isEmpty();
        }
    }
}
