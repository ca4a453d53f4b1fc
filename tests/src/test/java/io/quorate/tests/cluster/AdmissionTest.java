package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.raft.BatchLimits;
import io.quorate.statemachine.raft.HostConfig;
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
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a leader does with appends that it cannot log or commit: everything is answered, with the truth. */
class AdmissionTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final int QUEUE = 8;

    @TempDir
    Path directory;

    /** Holds those who apply an entry that begins with "hold", until it is opened. */
    private final CountDownLatch gate = new CountDownLatch(1);

    private void hold(LogEntry entry) {
        if (entry.payload().utf8().startsWith("hold")) {
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static HostConfig narrow(HostConfig config) {
        BatchLimits limits = new BatchLimits(4096, 4096, 1, 1, QUEUE, 1 << 20);
        return config.withRaft(config.raft().withBatches(limits));
    }

    /** A leader that goes on leading for some seconds when it hears of nobody: longer than it takes to stop the others. */
    private static HostConfig slowToGiveUp(HostConfig config) {
        HostConfig narrow = narrow(config);
        return narrow.withRaft(narrow.raft().withElectionTimeout(Duration.ofSeconds(4), Duration.ofSeconds(6)));
    }

    private static LogRecord record(String text) {
        return LogRecord.sessionless(EntryKind.USER, Bytes.utf8(text));
    }

    private static CompletableFuture<AppendOutcome> append(HostedShard shard, String text, Duration timeout) {
        return shard.append(record(text), WriteConcern.MAJORITY, timeout);
    }

    private static void assertRejected(AppendOutcome outcome, RejectReason reason) {
        assertThat(outcome).isInstanceOfSatisfying(Rejected.class, rejected -> assertThat(rejected.reason())
                .isEqualTo(reason));
    }

    @Test
    void whatDoesNotFitOrComesTooLateIsNamedAndNothingElseIsLost() {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(() -> new Ledger(this::hold)), AdmissionTest::narrow)) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            HostedShard leader = cluster.leader(shard);
            assertRejected(append(leader, "x".repeat(5000), TIMEOUT).join(), RejectReason.TOO_LARGE);
            assertRejected(
                    append(cluster.shard(cluster.follower(shard), shard), "to a follower", TIMEOUT)
                            .join(),
                    RejectReason.NOT_LEADER);

            // one in flight and held in apply: whatever comes now waits in the queue
            CompletableFuture<AppendOutcome> held = append(leader, "hold", SHORT);
            AppendOutcome neverLogged = append(leader, "late", SHORT).join();
            assertRejected(neverLogged, RejectReason.DEADLINE);
            assertThat(held.join()).as("logged, then too late").isInstanceOf(Indeterminate.class);

            List<CompletableFuture<AppendOutcome>> appends = new ArrayList<>();
            for (int i = 0; i < QUEUE + 3; i++) {
                appends.add(append(leader, "entry " + i, TIMEOUT));
            }
            for (int i = QUEUE; i < QUEUE + 3; i++) {
                assertRejected(appends.get(i).join(), RejectReason.QUEUE_FULL);
            }
            assertThat(appends.subList(0, QUEUE)).noneMatch(CompletableFuture::isDone);
            gate.countDown();
            Map<Lsn, String> acknowledged = new TreeMap<>();
            for (int i = 0; i < QUEUE; i++) {
                AppendOutcome outcome = appends.get(i).join();
                assertThat(outcome).isInstanceOf(Committed.class);
                acknowledged.put(((Committed) outcome).lsn(), "entry " + i);
            }
            Lsn last = Replicas.assertEqualState(cluster, shard);
            assertThat(last.value()).as("the one held, and those in the queue").isEqualTo(1 + QUEUE);
            Replicas.assertExactlyOnce(leader, acknowledged);
        }
    }

    @Test
    void aMinorityAloneAnswersByTheDeadlineAndCommitsOnceItIsNoMinorityAnyMore() {
        gate.countDown();
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), AdmissionTest::slowToGiveUp)) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            String alone = cluster.awaitLeader(shard);
            HostedShard leader = cluster.shard(alone, shard);
            assertThat(append(leader, "before", TIMEOUT).join()).isInstanceOf(Committed.class);
            List<String> others = cluster.runningNodes().stream()
                    .filter(node -> !node.equals(alone))
                    .toList();
            others.forEach(cluster::stop);
            CompletableFuture<AppendOutcome> logged = append(leader, "logged by one", SHORT);
            CompletableFuture<AppendOutcome> queued = append(leader, "behind it", SHORT);
            CompletableFuture<Lsn> read = leader.readBarrier(ReadConsistency.LINEARIZABLE, SHORT);
            assertThat(logged.join()).isInstanceOf(Indeterminate.class);
            assertThat(queued.join()).isInstanceOf(Rejected.class);
            assertThat(read.handle((lsn, failure) -> failure instanceof CompletionException e ? e.getCause() : failure)
                            .join())
                    .isInstanceOf(ReadUnavailableException.class);
            Awaitility.await("it notices that it leads nobody").atMost(TIMEOUT).until(() -> !leader.status()
                    .leads());
            assertRejected(append(leader, "to nobody", SHORT).join(), RejectReason.NOT_LEADER);
            assertThat(leader.readBarrier(ReadConsistency.EVENTUAL, SHORT)
                            .join()
                            .value())
                    .isEqualTo(1);

            others.forEach(cluster::start);
            Lsn behind =
                    ((Committed) append(cluster.leader(shard), "after", TIMEOUT).join()).lsn();
            Replicas.assertEqualState(cluster, shard);
            assertThat(behind.value())
                    .as("what was logged by one alone may be there or not, what was rejected is not")
                    .isBetween(2L, 3L);
        }
    }
}
