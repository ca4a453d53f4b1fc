package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.raft.HostConfig;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reads whose staleness is bounded, on a follower. No clock decides: one bound is an hour, which no test takes, the other a
 * nanosecond, which is over before anything can be asked.
 */
class BoundedStalenessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final ReadConsistency HOUR = new ReadConsistency.BoundedStaleness(Duration.ofHours(1));
    private static final ReadConsistency NANOSECOND = new ReadConsistency.BoundedStaleness(Duration.ofNanos(1));
    /** Never leads: it waits for minutes before it calls an election. */
    private static final String FOLLOWER = "n3";

    @TempDir
    Path directory;

    private final PeerGate gate = new PeerGate();
    private Partition partition;
    private InProcessCluster cluster;
    private ShardDescriptor shard;

    @BeforeEach
    void found() {
        partition = new Partition();
        cluster = new InProcessCluster(directory, List.of(Ledger::new), BoundedStalenessTest::patientThird);
        cluster.intercept("n1", gate);
        cluster.intercept("n2", gate);
        shard = cluster.found(3, "s1", Ledger.NAME);
    }

    @AfterEach
    void close() {
        cluster.close();
        partition.close();
    }

    private static HostConfig patientThird(HostConfig config) {
        boolean third = config.self().node().value().equals(FOLLOWER);
        return third
                ? config.withRaft(config.raft().withElectionTimeout(Duration.ofMinutes(3), Duration.ofMinutes(5)))
                : config;
    }

    private HostedShard follower() {
        return cluster.shard(FOLLOWER, shard);
    }

    private Lsn write(String value) {
        return ((Committed) cluster.leader(shard)
                        .append(
                                LogRecord.sessionless(EntryKind.USER, Bytes.utf8(value)),
                                WriteConcern.MAJORITY,
                                PATIENCE)
                        .join())
                .lsn();
    }

    private CompletableFuture<String> read(Lsn lsn, ReadConsistency consistency, Duration timeout) {
        return follower().query(Ledger.key(lsn), consistency, timeout).thenApply(result -> result.value()
                .utf8());
    }

    private static RejectReason refusal(CompletableFuture<?> read) {
        Throwable failure = read.handle((lsn, why) -> why instanceof CompletionException e ? e.getCause() : why)
                .join();
        assertThat(failure).isInstanceOf(ReadUnavailableException.class);
        return ((ReadUnavailableException) failure).reason();
    }

    @Test
    void whoIsBehindServesWithinTheBoundAndWaitsForTheLeaderBeyondIt() {
        Lsn old = write("old");
        assertThat(read(old, ReadConsistency.LINEARIZABLE, PATIENCE).join()).isEqualTo("old");
        partition.isolate(cluster.peer(FOLLOWER).id().toString());
        Lsn newer = write("new");

        assertThat(read(newer, HOUR, PATIENCE).join())
                .as("fresh enough by its bound, and behind")
                .isEmpty();
        assertThat(read(old, HOUR, PATIENCE).join()).isEqualTo("old");
        // the leader is asked, and knows of an entry that does not come
        assertThat(refusal(read(newer, NANOSECOND, SHORT))).isEqualTo(RejectReason.DEADLINE);
        assertThat(refusal(follower().readBarrier(NANOSECOND, SHORT))).isEqualTo(RejectReason.DEADLINE);
        assertThat(read(newer, HOUR, PATIENCE).join())
                .as("a read that was refused made nothing fresh")
                .isEmpty();
        CompletableFuture<String> waiting = read(newer, NANOSECOND, PATIENCE);
        assertThat(waiting).isNotDone();
        partition.heal();
        assertThat(waiting.join()).as("served once it has caught up").isEqualTo("new");
        assertThat(read(newer, HOUR, PATIENCE).join()).isEqualTo("new");
    }

    @Test
    void whoNeverHeardOfTheLeaderAsksItFirstAndThenOnlyOnceTheBoundIsOver() {
        Lsn lsn = write("value");
        gate.close(true);
        assertThat(refusal(read(lsn, HOUR, PATIENCE)))
                .as("nobody has told it yet how fresh it is")
                .isEqualTo(RejectReason.UNAVAILABLE);
        gate.close(false);
        assertThat(read(lsn, HOUR, PATIENCE).join()).isEqualTo("value");

        gate.close(true);
        int asked = gate.calls();
        for (int i = 0; i < 100; i++) {
            assertThat(read(lsn, HOUR, PATIENCE).join()).isEqualTo("value");
        }
        assertThat(gate.calls()).as("questions to the others").isEqualTo(asked);
        assertThat(refusal(read(lsn, NANOSECOND, PATIENCE))).isEqualTo(RejectReason.UNAVAILABLE);
        assertThat(gate.calls()).isGreaterThan(asked);
    }

    @Test
    void aRestartForgetsHowFreshItWas() {
        Lsn lsn = write("value");
        assertThat(read(lsn, ReadConsistency.LINEARIZABLE, PATIENCE).join()).isEqualTo("value");
        cluster.stop(FOLLOWER);
        Lsn missed = write("missed");
        partition.isolate(cluster.peer(FOLLOWER).id().toString());
        cluster.start(FOLLOWER);
        assertThat(refusal(read(missed, HOUR, SHORT))).isIn(RejectReason.NOT_LEADER, RejectReason.DEADLINE);
        partition.heal();
        cluster.awaitLeader(shard);
        Replicas.awaitSameLsn(cluster, shard);
        assertThat(read(missed, HOUR, PATIENCE).join()).isEqualTo("missed");
    }
}
