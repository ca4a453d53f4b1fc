package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.client.BackPressure;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.client.ShardClient;
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
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Far more is offered than can be applied: an entry is applied only when the test says so. What nobody waits for any more must not
 * be worked on, or the work of the past eats the capacity of the present and nothing is answered in time ever again. Counts decide,
 * no clock does.
 */
class OverloadTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final int QUEUE = 64;
    private static final int BATCH = 16;
    private static final int IN_FLIGHT = 2;

    @TempDir
    Path directory;

    /** One for each entry that may be applied, on the leader and on the others together. */
    private final Semaphore capacity = new Semaphore(0);

    private InProcessCluster cluster;
    private ShardDescriptor shard;
    private HostedShard leader;

    /** How many appends ended in which way. */
    private static final class Tally {
        private final Map<Lsn, String> committed = new TreeMap<>();
        private final Map<RejectReason, Integer> rejected = new EnumMap<>(RejectReason.class);
        private int indeterminate;

        void add(String text, AppendOutcome outcome) {
            if (outcome instanceof Committed one) {
                assertThat(committed.put(one.lsn(), text)).isNull();
            } else if (outcome instanceof Rejected no) {
                rejected.merge(no.reason(), 1, Integer::sum);
            } else {
                assertThat(outcome).isInstanceOf(Indeterminate.class);
                indeterminate++;
            }
        }

        int rejected(RejectReason reason) {
            return rejected.getOrDefault(reason, 0);
        }

        int all() {
            return committed.size()
                    + indeterminate
                    + rejected.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    @BeforeEach
    void found() {
        // one node: what it can apply is the capacity of the shard
        cluster = new InProcessCluster(directory, List.of(() -> new Ledger(this::apply)), OverloadTest::narrow);
        shard = cluster.found(1, "s1", Ledger.NAME);
        leader = cluster.leader(shard);
    }

    @AfterEach
    void close() {
        capacity.release(1 << 20);
        cluster.close();
    }

    private void apply(LogEntry entry) {
        capacity.acquireUninterruptibly();
    }

    private static HostConfig narrow(HostConfig config) {
        BatchLimits limits = new BatchLimits(4096, 4096 * BATCH, BATCH, IN_FLIGHT, QUEUE, 1 << 20);
        return config.withRaft(config.raft().withBatches(limits));
    }

    private CompletableFuture<AppendOutcome> offer(String text, Duration timeout) {
        CompletableFuture<AppendOutcome> append =
                leader.append(LogRecord.sessionless(EntryKind.USER, Bytes.utf8(text)), WriteConcern.MAJORITY, timeout);
        assertThat(queued()).isLessThanOrEqualTo(QUEUE);
        assertThat(inFlight()).isLessThanOrEqualTo(IN_FLIGHT);
        return append;
    }

    private long queued() {
        return gauge("quorate.batcher.queued.records");
    }

    private long inFlight() {
        return gauge("quorate.batcher.in_flight");
    }

    private long gauge(String name) {
        return ((Number) leader.metrics().getGauges().get(name + ";shard=s1").getValue()).longValue();
    }

    private Tally offer(int count, String what, Duration timeout) {
        List<CompletableFuture<AppendOutcome>> appends = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            appends.add(offer(what + " " + i, timeout));
        }
        Tally tally = new Tally();
        for (int i = 0; i < count; i++) {
            tally.add(what + " " + i, appends.get(i).join());
        }
        assertThat(tally.all()).as("each is answered").isEqualTo(count);
        return tally;
    }

    @Test
    void whatExpiredInTheQueueIsNotLoggedAndTheNextOneIsServedAtOnce() {
        int waves = 3;
        int offered = 1000;
        int handedOver = 0;
        for (int wave = 0; wave < waves; wave++) {
            Tally tally = offer(offered, "wave " + wave, SHORT);
            assertThat(tally.committed).as("nothing can be applied").isEmpty();
            assertThat(tally.indeterminate + tally.rejected(RejectReason.DEADLINE))
                    .as("no more than the pipeline and the queue take")
                    .isLessThanOrEqualTo(QUEUE + IN_FLIGHT * BATCH);
            assertThat(tally.rejected(RejectReason.QUEUE_FULL)).isGreaterThan(offered / 2);
            assertThat(queued()).as("the queue is free for those who come now").isZero();
            handedOver += tally.indeterminate;
            assertThat(handedOver).as("work for nobody, in all waves").isLessThanOrEqualTo(IN_FLIGHT * BATCH);
        }
        // as much capacity as what was handed over needs and those who come now: nothing of the waves eats it
        capacity.release(handedOver + QUEUE);
        Tally now = offer(QUEUE, "now", PATIENCE);
        assertThat(now.committed).hasSize(QUEUE);
        assertThat(now.committed.keySet().iterator().next().value()).isEqualTo(handedOver + 1L);
        assertThat(leader.status().applied().value()).isEqualTo(handedOver + QUEUE);
        Replicas.assertExactlyOnce(leader, now.committed);
    }

    @Test
    void goodputStaysAtCapacityWhileManyTimesAsMuchIsOffered() {
        int rounds = 400;
        int perRound = 20;
        Map<String, CompletableFuture<AppendOutcome>> appends = new TreeMap<>();
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < perRound; i++) {
                String text = "round " + round + " append " + i;
                appends.put(text, offer(text, PATIENCE));
            }
            capacity.release();
            long applied = round + 1;
            Awaitility.await("what there was capacity for")
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .atMost(PATIENCE)
                    .until(() -> leader.status().applied().value() >= applied - IN_FLIGHT * BATCH);
        }
        capacity.release(QUEUE + IN_FLIGHT * BATCH);
        Tally tally = new Tally();
        appends.forEach((text, append) -> tally.add(text, append.join()));
        assertThat(tally.all()).isEqualTo(rounds * perRound);
        assertThat(tally.committed).hasSizeBetween(rounds, rounds + QUEUE + IN_FLIGHT * BATCH);
        assertThat(tally.rejected(RejectReason.QUEUE_FULL))
                .as("all others are told at once")
                .isEqualTo(rounds * perRound - tally.committed.size());
        assertThat(leader.status().applied().value())
                .as("nothing was applied that nobody was told of")
                .isEqualTo(tally.committed.size());
        Replicas.assertExactlyOnce(leader, tally.committed);
    }

    @Test
    void clientsThatMeetAFullQueueTryAgainAndNothingIsLostOrAppliedTwice() {
        try (QuorateClient client = cluster.client(UnaryOperator.identity())) {
            ShardClient connected = client.shard(shard.shard());
            capacity.release(1);
            assertThat(connected.appendAndWait(Bytes.utf8("first"))).isInstanceOf(Committed.class);
            int offered = 5 * QUEUE;
            List<CompletableFuture<AppendOutcome>> appends = new ArrayList<>();
            for (int i = 0; i < offered; i++) {
                appends.add(connected.append(Bytes.utf8("append " + i)));
            }
            Awaitility.await("the queue full and appends refused")
                    .atMost(PATIENCE)
                    .until(() -> queued() == QUEUE && refused() > 0);
            AppendOutcome late = connected.appendAndWait(Bytes.utf8("late"), WriteConcern.MAJORITY, SHORT);
            assertThat(late).as("certainly not applied").isInstanceOf(Rejected.class);
            assertThat(((Rejected) late).reason()).isIn(RejectReason.DEADLINE, RejectReason.QUEUE_FULL);
            assertThat(appends).noneMatch(CompletableFuture::isDone);
            capacity.release(offered + 1);
            Map<Lsn, String> acknowledged = new TreeMap<>();
            for (int i = 0; i < offered; i++) {
                AppendOutcome outcome = appends.get(i).join();
                assertThat(outcome).isInstanceOf(Committed.class);
                acknowledged.put(((Committed) outcome).lsn(), "append " + i);
            }
            assertThat(acknowledged).hasSize(offered);
            assertThat(leader.status().applied().value())
                    .as("a session, the first, and each of these once")
                    .isEqualTo(2 + offered);
            Replicas.assertExactlyOnce(leader, acknowledged);
        }
    }

    @Test
    void aClientThatMayNotWaitIsToldThatItIsFull() {
        try (QuorateClient client =
                cluster.client(config -> config.withOutstanding(QUEUE, 1 << 20, BackPressure.REJECT))) {
            ShardClient connected = client.shard(shard.shard());
            List<CompletableFuture<AppendOutcome>> appends = new ArrayList<>();
            for (int i = 0; i < 3 * QUEUE; i++) {
                appends.add(connected.append(Bytes.utf8("append " + i)));
            }
            for (CompletableFuture<AppendOutcome> beyond : appends.subList(QUEUE, appends.size())) {
                assertThat(beyond.join()).isInstanceOfSatisfying(Rejected.class, full -> assertThat(full.reason())
                        .isEqualTo(RejectReason.QUEUE_FULL));
            }
            capacity.release(QUEUE);
            assertThat(appends.subList(0, QUEUE))
                    .allSatisfy(append -> assertThat(append.join()).isInstanceOf(Committed.class));
        }
    }

    private long refused() {
        return leader.metrics()
                .getCounters()
                .get("quorate.rejects;reason=queue_full;shard=s1")
                .getCount();
    }
}
