package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.raft.BatchLimits;
import io.quorate.statemachine.raft.HostConfig;
import io.quorate.statemachine.raft.RatisSettings;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.LogSlice;
import io.quorate.wal.log.LogTruncatedException;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.SliceLimits;
import io.quorate.wal.log.WriteConcern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log of a shard read by LSN while it is written, cut and opened anew. */
class TailTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    /** Small segments, few of them kept. */
    private static HostConfig forgetful(HostConfig config) {
        RatisSettings small = new RatisSettings(
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                128 << 10,
                256 << 10,
                128 << 10,
                256 << 10,
                20,
                1L << 30,
                new BatchLimits(16 << 10, 16 << 10, 64, 4, 4096, 4 << 20));
        return config.withRaft(small).withCheckpoints(Duration.ofHours(1), 1 << 30);
    }

    private static Lsn first(HostedShard replica) {
        try {
            replica.tail(new Lsn(1), SliceLimits.DEFAULT, Duration.ZERO).join();
            return new Lsn(1);
        } catch (CompletionException e) {
            assertThat(e).hasCauseInstanceOf(LogTruncatedException.class);
            LogTruncatedException truncated = (LogTruncatedException) e.getCause();
            assertThat(truncated).hasMessageContaining("the first that is available here is " + truncated.first());
            return truncated.first();
        }
    }

    /** Reads to the end, and compares each entry with what the application kept at its LSN, and with what was acknowledged. */
    private static long assertTailIsTheLog(HostedShard replica, Map<Lsn, String> acknowledged) {
        Lsn last = replica.status().applied();
        Lsn first = first(replica);
        Lsn next = first;
        long read = 0;
        while (next.compareTo(last) <= 0) {
            LogSlice slice =
                    replica.tail(next, new SliceLimits(70, 1 << 20), PATIENCE).join();
            for (LogEntry entry : slice.entries()) {
                assertThat(replica.query(Ledger.key(entry.lsn()), ReadConsistency.EVENTUAL, PATIENCE)
                                .join()
                                .value())
                        .as("entry " + entry.lsn())
                        .isEqualTo(entry.payload());
            }
            read += slice.entries().size();
            next = slice.next();
        }
        long expected = acknowledged.keySet().stream()
                .filter(lsn -> lsn.compareTo(first) >= 0)
                .count();
        assertThat(read).isEqualTo(expected);
        return read;
    }

    @Test
    void whatIsReadByLsnIsWhatWasAppliedUntilItIsCutAndTheFirstIsNamed() {
        try (InProcessCluster cluster = new InProcessCluster(directory, List.of(Ledger::new), TailTest::forgetful)) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            try (QuorateClient client = cluster.client(UnaryOperator.identity());
                    Load load = Load.start(client.shard(shard.shard()), 8, 2000)) {
                load.awaitMore(300);
                String follower = cluster.follower(shard);
                HostedShard replica = cluster.shard(follower, shard);
                assertThat(first(replica)).isEqualTo(new Lsn(1));
                replica.checkpoint(PATIENCE).join();
                load.awaitMore(600);
                Lsn durable = replica.checkpoint(PATIENCE).join();
                Awaitility.await("the log is cut")
                        .atMost(PATIENCE)
                        .until(() -> first(replica).compareTo(new Lsn(1)) > 0);
                load.awaitMore(100);
                load.stop();
                assertThat(load.unacknowledged()).isEmpty();
                Replicas.assertEqualState(cluster, shard);
                for (String node : cluster.runningNodes()) {
                    assertThat(assertTailIsTheLog(cluster.shard(node, shard), load.acknowledged()))
                            .isPositive();
                }

                cluster.stop(follower);
                cluster.start(follower);
                Replicas.assertEqualState(cluster, shard);
                HostedShard reopened = cluster.shard(follower, shard);
                assertThat(first(reopened))
                        .as("behind the checkpoint that it opened")
                        .isEqualTo(durable.next());
                assertThat(assertTailIsTheLog(reopened, load.acknowledged())).isPositive();
            }
        }
    }

    @Test
    void aTailReadsOnThreadsThatNothingElseWaitsFor() {
        try (InProcessCluster cluster = new InProcessCluster(directory, List.of(Ledger::new), TailTest::forgetful)) {
            ShardDescriptor shard = cluster.found(1, "s1", Ledger.NAME);
            HostedShard replica = cluster.leader(shard);
            CompletableFuture<String> reader = replica.tail(
                            replica.status().applied().next(), SliceLimits.DEFAULT, PATIENCE)
                    .thenApply(slice -> Thread.currentThread().getName());
            replica.append(LogRecord.sessionless(EntryKind.USER, Bytes.utf8("x")), WriteConcern.MAJORITY, PATIENCE)
                    .join();
            assertThat(reader.join()).contains("n1-log-reader");
        }
    }
}
