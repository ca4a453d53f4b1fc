package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.LeaderDurable;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.WriteConcern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.ratis.util.CodeInjectionForTesting;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An entry that a follower has in memory, in the place of one that lies on its disk, is not on its disk. */
class StaleFlushTest {
    private static final String LOG_THREAD = "SegmentedRaftLogWorker.runWorker";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private static LogRecord record(String payload) {
        return LogRecord.sessionless(EntryKind.USER, Bytes.utf8(payload));
    }

    @Test
    void aFollowerThatTruncatesItsLogIsMissingUntilTheEntryIsOnItsDisk() {
        CountDownLatch diskIsBack = new CountDownLatch(1);
        try (Partition partition = new Partition();
                InProcessCluster cluster =
                        new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            String slow = cluster.awaitLeader(shard);
            String id = cluster.peer(slow).id().toString();
            HostedShard leader = cluster.shard(slow, shard);
            leader.append(record("everywhere"), WriteConcern.ALL, PATIENCE).join();
            partition.isolate(id);
            int lost = 0; // on its disk, and nowhere else
            while (lost < 5
                    && leader.append(record("lost " + lost), WriteConcern.ONE, PATIENCE)
                                    .join()
                            instanceof LeaderDurable) {
                lost++;
            }
            // the new leader's first entry and ours must both lie where one of these lay
            assertThat(lost).as("entries before it gave up leadership").isGreaterThanOrEqualTo(2);
            cluster.stop(slow);
            Awaitility.await("another leader").atMost(PATIENCE).until(() -> cluster.leaderNow(shard)
                    .isPresent());
            CodeInjectionForTesting.put(LOG_THREAD, (local, remote, arguments) -> {
                if (id.equals(String.valueOf(local))) {
                    await(diskIsBack);
                }
                return false;
            });
            cluster.start(slow);
            partition.heal();
            try {
                HostedShard next = cluster.leader(shard);
                next.append(record("the next leader is ready"), WriteConcern.MAJORITY, PATIENCE)
                        .join();
                Awaitility.await("the slow one hears of it").atMost(PATIENCE).until(() -> cluster.shard(slow, shard)
                        .status()
                        .leader()
                        .equals(next.status().leader()));
                AppendOutcome outcome = next.append(record("after"), WriteConcern.ALL, Duration.ofSeconds(3))
                        .join();
                assertThat(outcome).isInstanceOfSatisfying(Committed.class, committed -> assertThat(committed.missing())
                        .containsExactly(id));
            } finally {
                diskIsBack.countDown();
            }
            assertThat(cluster.leader(shard)
                            .append(record("with a disk"), WriteConcern.ALL, PATIENCE)
                            .join())
                    .isInstanceOfSatisfying(Committed.class, committed -> assertThat(committed.missing())
                            .isEmpty());
            Replicas.assertEqualState(cluster, shard);
        } finally {
            CodeInjectionForTesting.remove(LOG_THREAD);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
