package io.quorate.statemachine.client;

import static io.quorate.statemachine.client.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.AppendOutcome.LeaderDurable;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(60)
class ClientFaultTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration ENOUGH_TO_BE_REFUSED = Duration.ofSeconds(3);

    private TestCluster cluster;
    private QuorateClient client;
    private ShardClient orders;

    @BeforeEach
    void start() {
        cluster = TestCluster.of(3);
        client = cluster.client();
        orders = client.shard(TestCluster.ORDERS);
    }

    @AfterEach
    void stop() {
        client.close();
        cluster.close();
    }

    private static AppendOutcome get(CompletableFuture<AppendOutcome> future) throws Exception {
        return future.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    private CompletableFuture<AppendOutcome> append(String command) {
        return orders.append(Bytes.utf8(command), WriteConcern.MAJORITY, LONG);
    }

    private void open() {
        assertThat(orders.appendAndWait(Bytes.utf8("opening"))).isInstanceOf(Committed.class);
    }

    private static void isRejected(AppendOutcome outcome, RejectReason reason) {
        assertThat(outcome).isInstanceOfSatisfying(Rejected.class, r -> assertThat(r.reason())
                .isEqualTo(reason));
    }

    @Test
    void aSeedThatCannotBeReachedIsNamedWithTheReason() throws Exception {
        String nobody = cluster.nodes.get(0).address();
        cluster.nodes.get(0).kill();
        try (QuorateClient lost = QuorateClient.create(ClientConfig.of(nobody))) {
            ShardClient shard = lost.shard(TestCluster.ORDERS);
            AppendOutcome outcome =
                    get(shard.append(Bytes.utf8("nowhere"), WriteConcern.MAJORITY, ENOUGH_TO_BE_REFUSED));
            isRejected(outcome, RejectReason.DEADLINE);
            assertThat(((Rejected) outcome).message()).contains(nobody, "Connection refused", "do the nodes run");
            Assertions.assertThatThrownBy(() -> shard.query(
                                    Bytes.utf8("q"),
                                    ReadConsistency.LINEARIZABLE,
                                    ReadPreference.PRIMARY,
                                    ENOUGH_TO_BE_REFUSED)
                            .get(LONG.toSeconds(), TimeUnit.SECONDS))
                    .hasMessageContaining(nobody)
                    .hasMessageContaining("Connection refused");
        }
    }

    @Test
    void closingInTheMiddleOfThingsIsNoErrorInTheLog() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(ClientLoop.class);
        ListAppender<ILoggingEvent> events = new ListAppender<>();
        events.start();
        logger.addAppender(events);
        try {
            open();
            for (int i = 0; i < 20; i++) {
                QuorateClient closing = cluster.client();
                ShardClient shard = closing.shard(TestCluster.ORDERS);
                assertThat(shard.appendAndWait(Bytes.utf8("opening"))).isInstanceOf(Committed.class);
                List<CompletableFuture<AppendOutcome>> open = new ArrayList<>();
                for (int j = 0; j < 200; j++) {
                    open.add(shard.append(Bytes.utf8("a " + j), WriteConcern.MAJORITY, LONG));
                }
                closing.close();
                for (CompletableFuture<AppendOutcome> future : open) {
                    assertThat(get(future)).isNotNull();
                }
            }
        } finally {
            logger.detachAppender(events);
        }
        assertThat(events.list)
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .isEmpty();
    }

    @Test
    void anAppendWhoseAnswerWasLostIsAppliedOnceAndAnsweredWithItsFirstLsn() throws Exception {
        open();
        cluster.shards.get(0).mode(TestShard.Mode.APPLY_SILENTLY);
        CompletableFuture<AppendOutcome> future = append("once");
        await().until(() -> cluster.log.applied().size() == 2);
        long lsn = cluster.log.lsn().value();
        cluster.nodes.get(0).kill();
        cluster.lead(1);
        assertThat(get(future))
                .isInstanceOfSatisfying(
                        Committed.class, c -> assertThat(c.lsn().value()).isEqualTo(lsn));
        assertThat(cluster.log.applied()).containsExactly(Bytes.utf8("opening"), Bytes.utf8("once"));
    }

    @Test
    void appendsInFlightFollowANewLeaderWhileTheOldOneIsSilent() throws Exception {
        open();
        cluster.shards.get(0).mode(TestShard.Mode.HOLD);
        List<CompletableFuture<AppendOutcome>> futures = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            futures.add(append("c" + i));
        }
        await().until(() -> cluster.shards.get(0).held() == 100);
        cluster.lead(1);
        for (CompletableFuture<AppendOutcome> future : futures) {
            assertThat(get(future)).isInstanceOf(Committed.class);
        }
        cluster.shards.get(0).mode(TestShard.Mode.SERVE);
        assertThat(append("after")).succeedsWithin(LONG).isInstanceOf(Committed.class);
        assertThat(cluster.log.applied()).hasSize(102).doesNotHaveDuplicates();
    }

    @Test
    void appendsFollowALeaderThatSteppedDown() throws Exception {
        open();
        cluster.lead(2);
        assertThat(get(append("at the third"))).isInstanceOf(Committed.class);
    }

    @Test
    void aKilledAndRestartedLeaderIsFoundAgain() throws Exception {
        open();
        cluster.nodes.get(0).kill();
        CompletableFuture<AppendOutcome> future = append("patient");
        await().until(() -> client.statistics().connectionsLost() > 0);
        cluster.nodes.get(0).start();
        assertThat(get(future)).isInstanceOf(Committed.class);
    }

    @Test
    void aFullQueueIsRetriedUntilThereIsRoom() throws Exception {
        open();
        TestShard leader = cluster.shards.get(0);
        leader.answerAll(Optional.of(new Rejected(RejectReason.QUEUE_FULL, "full")));
        int before = leader.groups();
        CompletableFuture<AppendOutcome> future = append("squeezed");
        await().until(() -> leader.groups() >= before + 3);
        leader.answerAll(Optional.empty());
        assertThat(get(future)).isInstanceOf(Committed.class);
    }

    @Test
    void aQueueThatStaysFullIsARejection() throws Exception {
        open();
        cluster.shards.get(0).answerAll(Optional.of(new Rejected(RejectReason.QUEUE_FULL, "full")));
        isRejected(
                get(orders.append(Bytes.utf8("x"), WriteConcern.MAJORITY, ENOUGH_TO_BE_REFUSED)),
                RejectReason.QUEUE_FULL);
    }

    @Test
    void withoutALeaderTheDeadlineIsARejection() throws Exception {
        cluster.log.leaderless();
        isRejected(get(orders.append(Bytes.utf8("x"), WriteConcern.MAJORITY, SHORT)), RejectReason.DEADLINE);
        assertThat(client.statistics().outstanding()).isZero();
    }

    @Test
    void anUnansweredAppendIsIndeterminateAtItsDeadline() throws Exception {
        open();
        cluster.shards.get(0).mode(TestShard.Mode.SWALLOW);
        assertThat(get(orders.append(Bytes.utf8("x"), WriteConcern.MAJORITY, SHORT)))
                .isInstanceOf(Indeterminate.class);
        assertThat(client.statistics().outstanding()).isZero();
    }

    @Test
    void anIndeterminateAnswerIsSettledByARetryInTheSession() throws Exception {
        open();
        TestShard leader = cluster.shards.get(0);
        leader.answerAll(Optional.of(new Indeterminate("leadership was lost")));
        int before = leader.groups();
        CompletableFuture<AppendOutcome> future = append("settled");
        await().until(() -> leader.groups() > before);
        leader.answerAll(Optional.empty());
        assertThat(get(future)).isInstanceOf(Committed.class);
    }

    @Test
    void anExpiredSessionIsReplacedForWhatWasNotSentBefore() {
        open();
        cluster.log.pass(120_000);
        assertThat(orders.appendAndWait(Bytes.utf8("next"))).isInstanceOf(Committed.class);
        assertThat(cluster.log.applied()).hasSize(2);
    }

    @Test
    void theRetryOfAnUnansweredAppendAfterItsSessionExpiredIsIndeterminate() throws Exception {
        open();
        cluster.shards.get(0).mode(TestShard.Mode.APPLY_SILENTLY);
        CompletableFuture<AppendOutcome> future = append("unknown");
        await().until(() -> cluster.log.applied().size() == 2);
        cluster.log.pass(120_000);
        cluster.nodes.get(0).kill();
        cluster.lead(1);
        assertThat(get(future)).isInstanceOf(Indeterminate.class);
        assertThat(append("next")).succeedsWithin(LONG).isInstanceOf(Committed.class);
        assertThat(cluster.log.applied()).hasSize(3);
    }

    @Test
    void closingLeavesWhatWasSentIndeterminateAndRejectsWhatComesLater() throws Exception {
        open();
        cluster.shards.get(0).mode(TestShard.Mode.HOLD);
        CompletableFuture<AppendOutcome> future = append("held");
        await().until(() -> cluster.shards.get(0).held() == 1);
        client.close();
        assertThat(get(future)).isInstanceOf(Indeterminate.class);
        isRejected(get(append("late")), RejectReason.UNAVAILABLE);
    }

    @Test
    void closingEndsTheWriterSession() {
        open();
        long before = cluster.log.lsn().value();
        client.close();
        await().until(() -> cluster.log.lsn().value() == before + 1);
    }

    @Test
    void concernOneIsAnsweredFromTheLeadersDisk() throws Exception {
        open();
        assertThat(get(orders.append(Bytes.utf8("quick"), WriteConcern.ONE, LONG)))
                .isInstanceOf(LeaderDurable.class);
    }

    @Test
    void aRefusalOfTheApplicationIsACommittedResult() throws Exception {
        assertThat(get(append("refuse me")))
                .isInstanceOfSatisfying(
                        Committed.class, c -> assertThat(c.result().refused()).isTrue());
    }

    @Test
    void aCommandBeyondTheFormatIsTooLarge() throws Exception {
        isRejected(get(orders.append(Bytes.wrap(new byte[64 << 20]))), RejectReason.TOO_LARGE);
    }

    @Test
    void theClientsOwnThreadMustNotWaitForItself() {
        open();
        cluster.shards.get(0).mode(TestShard.Mode.HOLD); // so that the answer comes after somebody waits for it
        CompletableFuture<AppendOutcome> future =
                append("first").thenApply(outcome -> orders.appendAndWait(Bytes.utf8("second")));
        cluster.shards.get(0).mode(TestShard.Mode.SERVE);
        Assertions.assertThatThrownBy(() -> get(future)).hasCauseInstanceOf(IllegalStateException.class);
    }
}
