package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.apply.BatchSequencer;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import io.quorate.wal.log.WriterId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exactly-once for retries, by writer sessions; one cluster for all, since each test has a session of its own. */
class SessionTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    /** Above all that a client comes to. */
    private static final long LAST_SEQUENCE = 1L << 40;

    @TempDir
    static Path directory;

    private static InProcessCluster cluster;
    private static ShardDescriptor shard;

    @BeforeAll
    static void found() {
        cluster = new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity());
        shard = cluster.found(3, "s1", Ledger.NAME);
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    private static AppendOutcome append(LogRecord record) {
        return cluster.leader(shard)
                .append(record, WriteConcern.MAJORITY, TIMEOUT)
                .join();
    }

    private static WriterId openSession(long ttlMillis) {
        LogRecord open = LogRecord.sessionless(EntryKind.SESSION_OPEN, BatchSequencer.sessionOpenPayload(ttlMillis));
        return new WriterId(((Committed) append(open)).lsn().value());
    }

    private static LogRecord record(WriterId writer, long sequence, String text) {
        return LogRecord.of(EntryKind.USER, writer, sequence, 0, Bytes.utf8(text));
    }

    private static Lsn lsn(AppendOutcome outcome) {
        assertThat(outcome).isInstanceOf(Committed.class);
        return ((Committed) outcome).lsn();
    }

    @Test
    void anAppendWhoseReplyWasLostIsAnsweredAgainWithTheSameLsnAndResultAndAppliedOnce() {
        WriterId writer = openSession(60_000);
        LogRecord record = record(writer, 1, "paid 5");
        HostedShard leader = cluster.leader(shard);
        // nobody hears the answer to the first one
        leader.appendAll(List.of(record), WriteConcern.MAJORITY, TIMEOUT, (position, outcome) -> {});
        AppendOutcome again = append(record);
        AppendOutcome refused = append(record(writer, 2, "refuse this"));
        Lsn behind = lsn(append(record(writer, 3, "paid 6")));
        assertThat(behind.value()).isEqualTo(lsn(again).value() + 2);
        assertThat(append(record)).as("second retry").isEqualTo(again);
        assertThat(append(record(writer, 2, "refuse this")))
                .as("retry of a refused command")
                .isEqualTo(refused);
        assertThat(((Committed) refused).result().refused()).isTrue();
        assertThat(leader.status().applied()).as("retries take no lsn").isEqualTo(behind);
    }

    @Test
    void aRetryOfTheSameSequenceInTheSameBatchIsAppliedOnce() {
        WriterId writer = openSession(60_000);
        Lsn before = cluster.leader(shard).status().applied();
        LogRecord record = record(writer, 1, "twice at once");
        AppendOutcome[] outcomes = new AppendOutcome[2];
        cluster.leader(shard)
                .appendAll(
                        List.of(record, record),
                        WriteConcern.MAJORITY,
                        TIMEOUT,
                        (position, outcome) -> outcomes[position] = outcome);
        Lsn behind = lsn(append(record(writer, 2, "then this")));
        assertThat(outcomes[0]).isEqualTo(outcomes[1]);
        assertThat(behind.value()).isEqualTo(before.value() + 2);
    }

    @Test
    void aRetryToTheNextLeaderIsAnsweredFromTheSessionThatTravelledThroughTheLog() {
        WriterId writer = openSession(60_000);
        LogRecord record = record(writer, 1, "before the failover");
        AppendOutcome first = append(record);
        String old = cluster.awaitLeader(shard);
        cluster.stop(old);
        try {
            assertThat(append(record)).isEqualTo(first);
            Lsn next = lsn(append(record(writer, 2, "behind the failover")));
            assertThat(next.value()).isEqualTo(lsn(first).value() + 1);
        } finally {
            cluster.start(old);
        }
        Replicas.assertEqualState(cluster, shard);
    }

    @Test
    void aSequenceThatItsWriterAcknowledgedIsRefusedAndNotAppliedAgain() {
        WriterId writer = openSession(60_000);
        append(record(writer, 1, "first"));
        Lsn second = lsn(append(LogRecord.of(EntryKind.USER, writer, 2, 1, Bytes.utf8("first has been answered"))));
        AppendOutcome retry = append(record(writer, 1, "first"));
        assertThat(retry).isInstanceOfSatisfying(Rejected.class, rejected -> assertThat(rejected.reason())
                .isEqualTo(RejectReason.ALREADY_ACKNOWLEDGED));
        assertThat(cluster.leader(shard).status().applied()).isEqualTo(second);
    }

    @Test
    void anExpiredSessionRefusesForeverAndAppliesNothing() {
        WriterId writer = openSession(1);
        long opened = clusterTime(append(LogRecord.sessionless(EntryKind.USER, Bytes.utf8("clock"))));
        Awaitility.await("cluster time, which entries carry, to pass the session's end")
                .atMost(TIMEOUT)
                .until(() ->
                        clusterTime(append(LogRecord.sessionless(EntryKind.USER, Bytes.utf8("clock")))) > opened + 2);
        Lsn before = cluster.leader(shard).status().applied();
        for (int i = 0; i < 2; i++) {
            assertThat(append(record(writer, 1, "too late")))
                    .isInstanceOfSatisfying(Rejected.class, rejected -> assertThat(rejected.reason())
                            .isEqualTo(RejectReason.SESSION_EXPIRED));
        }
        assertThat(cluster.leader(shard).status().applied()).isEqualTo(before);
        assertThat(append(record(new WriterId(Long.MAX_VALUE), 1, "no such writer")))
                .isInstanceOfSatisfying(Rejected.class, rejected -> assertThat(rejected.reason())
                        .isEqualTo(RejectReason.SESSION_EXPIRED));
        Replicas.assertEqualState(cluster, shard);
    }

    /** As after a pause of a client that lasted longer than its session: it lives on, and its session is gone. */
    @Test
    void aLiveClientWhoseSessionsEndGoesOnInNewOnesAndNothingIsAppliedTwice() {
        ShardDescriptor busy = cluster.openEverywhere("busy", Ledger.NAME, shard.peers());
        try (QuorateClient client = cluster.client(UnaryOperator.identity());
                Load load = Load.start(client.shard(busy.shard()), 8, 0)) {
            Lsn seen = Lsn.ZERO;
            for (int i = 0; i < 5; i++) {
                load.awaitMore(40);
                seen = endSessions(busy, seen);
            }
            load.awaitMore(40);
            load.stop();
            assertThat(load.unacknowledged()).allSatisfy(outcome -> assertThat(outcome)
                    .isInstanceOfSatisfying(Indeterminate.class, unknown -> assertThat(unknown.message())
                            .contains("session expired")));
            Replicas.assertEqualState(cluster, busy);
            Replicas.assertExactlyOnce(cluster.leader(busy), load.acknowledged());
        }
    }

    /** Ends all sessions that were opened behind an LSN, at least one; returns the LSN up to which it looked. */
    private static Lsn endSessions(ShardDescriptor busy, Lsn behind) {
        HostedShard leader = cluster.leader(busy);
        Lsn last = leader.status().applied();
        int ended = 0;
        for (Lsn lsn = behind.next(); lsn.compareTo(last) <= 0; lsn = lsn.next()) {
            Bytes entry = leader.query(Ledger.key(lsn), ReadConsistency.EVENTUAL, TIMEOUT)
                    .join()
                    .value();
            if (entry.isEmpty()) {
                LogRecord close = LogRecord.of(
                        EntryKind.SESSION_CLOSE,
                        new WriterId(lsn.value()),
                        LAST_SEQUENCE,
                        LAST_SEQUENCE - 1,
                        Bytes.EMPTY);
                AppendOutcome outcome =
                        leader.append(close, WriteConcern.MAJORITY, TIMEOUT).join();
                ended += outcome instanceof Committed ? 1 : 0;
            }
        }
        assertThat(ended).as("sessions ended").isPositive();
        return last;
    }

    private static long clusterTime(AppendOutcome behind) {
        return cluster.leader(shard)
                .query(Ledger.CLUSTER_TIME, new ReadConsistency.Session(lsn(behind)), TIMEOUT)
                .join()
                .value()
                .longAt(0);
    }
}
