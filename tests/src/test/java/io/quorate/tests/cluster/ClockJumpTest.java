package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.apply.BatchSequencer;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.WriteConcern;
import io.quorate.wal.log.WriterId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wall clocks of nodes jump. Cluster time does not, and so neither writer sessions nor anything else takes notice. */
class ClockJumpTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final long SESSION_MILLIS = 120_000;

    @TempDir
    Path directory;

    /** How much a node's wall clock is ahead. */
    private final Map<String, AtomicReference<Duration>> ahead = new ConcurrentHashMap<>();

    private InProcessCluster cluster;
    private ShardDescriptor shard;
    private WriterId writer;
    private long sequence;

    @BeforeEach
    void make() {
        cluster = new InProcessCluster(
                directory,
                List.of(Ledger::new),
                config -> config.withWallClock(clockOf(config.self().node().value())));
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private AtomicReference<Duration> ahead(String node) {
        return ahead.computeIfAbsent(node, n -> new AtomicReference<>(Duration.ZERO));
    }

    private InstantSource clockOf(String node) {
        AtomicReference<Duration> difference = ahead(node);
        return () -> Instant.now().plus(difference.get());
    }

    private AppendOutcome append(LogRecord record) {
        return cluster.leader(shard)
                .append(record, WriteConcern.MAJORITY, TIMEOUT)
                .join();
    }

    private void openSession() {
        LogRecord open =
                LogRecord.sessionless(EntryKind.SESSION_OPEN, BatchSequencer.sessionOpenPayload(SESSION_MILLIS));
        writer = new WriterId(((Committed) append(open)).lsn().value());
    }

    /** Appends in the session, repeats it, and returns the cluster time that the entry carries. */
    private long appendTwice(String text) {
        LogRecord record = LogRecord.of(EntryKind.USER, writer, ++sequence, 0, Bytes.utf8(text));
        AppendOutcome outcome = append(record);
        assertThat(outcome).as(text).isInstanceOf(Committed.class);
        assertThat(append(record)).as("repeated: " + text).isEqualTo(outcome);
        return cluster.leader(shard)
                .query(Ledger.CLUSTER_TIME, new ReadConsistency.Session(((Committed) outcome).lsn()), TIMEOUT)
                .join()
                .value()
                .longAt(0);
    }

    @Test
    void aLeadersClockThatJumpsBackOrForwardMovesNoClusterTimeAndEndsNoSession() {
        shard = cluster.found(3, "s1", Ledger.NAME);
        openSession();
        long before = appendTwice("before");
        try (QuorateClient client = cluster.client(UnaryOperator.identity());
                Load load = Load.start(client.shard(shard.shard()), 4, 0)) {
            load.awaitMore(20);
            for (Duration jump : List.of(HOUR.negated(), DAY, Duration.ZERO)) {
                ahead(cluster.awaitLeader(shard)).set(jump);
                load.awaitMore(20);
                long now = appendTwice("by a clock that is ahead by " + jump);
                assertThat(now).as("cluster time after " + jump).isBetween(before, before + SESSION_MILLIS);
                before = now;
            }
            load.stop();
            assertThat(load.unacknowledged())
                    .as("what a live writer sees of it")
                    .isEmpty();
            Replicas.assertEqualState(cluster, shard);
            Replicas.assertExactlyOnce(cluster.leader(shard), load.acknowledged());
        }
    }

    @Test
    void clusterTimeNeverGoesBackOrJumpsOverFailoversBetweenNodesWhoseClocksDiffer() {
        ahead("n1").set(DAY);
        ahead("n2").set(HOUR.negated());
        shard = cluster.found(3, "s1", Ledger.NAME);
        openSession();
        long before = appendTwice("before");
        for (int failover = 1; failover <= 3; failover++) {
            String old = cluster.awaitLeader(shard);
            cluster.stop(old);
            long now = appendTwice("behind failover " + failover);
            assertThat(now).as("cluster time after " + old).isBetween(before, before + SESSION_MILLIS);
            before = now;
            cluster.start(old);
        }
        Replicas.assertEqualState(cluster, shard);
    }

    @Test
    void aShardThatBeginsUnderAClockBeforeTheEpochServes() {
        for (String node : List.of("n1", "n2", "n3")) {
            ahead(node).set(Duration.ofDays(-365L * 100));
        }
        shard = cluster.found(3, "s1", Ledger.NAME);
        openSession();
        long before = appendTwice("before");
        for (String node : List.of("n1", "n2", "n3")) {
            ahead(node).set(Duration.ZERO);
        }
        assertThat(appendTwice("with the right time")).isBetween(before, before + SESSION_MILLIS);
    }
}
