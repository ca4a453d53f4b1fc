package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome.Committed;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that hangs where nobody else can lead meanwhile. */
class HungLogTest {
    /** A thread of Ratis that alone writes and syncs a log, before its first task. */
    private static final String LOG_THREAD = "SegmentedRaftLogWorker.runWorker";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final CountDownLatch diskIsBack = new CountDownLatch(1);

    @AfterEach
    void letGo() {
        diskIsBack.countDown();
        CodeInjectionForTesting.remove(LOG_THREAD);
    }

    private boolean hang() {
        try {
            assertThat(diskIsBack.await(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    @Test
    void aShardWhoseOnlyVoterGaveUpLeadershipHasALeaderOnceItsLogGoesOn() {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(1, "s1", Ledger.NAME);
            cluster.awaitLeader(shard);
            cluster.stop("n1");
            CodeInjectionForTesting.put(LOG_THREAD, (local, remote, arguments) -> hang());
            cluster.start("n1");
            HostedShard hung = cluster.shard("n1", shard);
            Awaitility.await("it says so").atMost(PATIENCE).until(() -> hung.status()
                    .health()
                    .filter(why -> why.contains("hangs"))
                    .isPresent());
            // its election timeout, at which it becomes a candidate that must not campaign
            Awaitility.await("it leads no more")
                    .during(Duration.ofSeconds(4))
                    .atMost(PATIENCE)
                    .until(() -> !hung.status().leads());
            diskIsBack.countDown();
            LogRecord record = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("behind the pause"));
            assertThat(cluster.leader(shard)
                            .append(record, WriteConcern.MAJORITY, PATIENCE)
                            .join())
                    .isInstanceOf(Committed.class);
        }
    }
}
