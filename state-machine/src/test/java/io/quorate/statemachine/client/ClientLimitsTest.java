package io.quorate.statemachine.client;

import static io.quorate.statemachine.client.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.service.StreamLimits;
import io.quorate.topology.ClusterId;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClientLimitsTest {
    private static AppendOutcome get(CompletableFuture<AppendOutcome> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    private static void isRejected(AppendOutcome outcome, RejectReason reason) {
        assertThat(outcome).isInstanceOfSatisfying(Rejected.class, r -> assertThat(r.reason())
                .isEqualTo(reason));
    }

    @Test
    void aClientThatRejectsWhenFullSaysSoAtOnce() throws Exception {
        try (TestCluster cluster = TestCluster.of(1);
                QuorateClient client =
                        QuorateClient.create(cluster.config().withOutstanding(4, 1 << 20, BackPressure.REJECT))) {
            ShardClient orders = client.shard(TestCluster.ORDERS);
            cluster.shards.get(0).mode(TestShard.Mode.HOLD);
            List<CompletableFuture<AppendOutcome>> four = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                four.add(orders.append(Bytes.utf8("c" + i)));
            }
            isRejected(get(orders.append(Bytes.utf8("fifth"))), RejectReason.QUEUE_FULL);
            cluster.shards.get(0).mode(TestShard.Mode.SERVE);
            for (CompletableFuture<AppendOutcome> future : four) {
                assertThat(get(future)).isInstanceOf(Committed.class);
            }
            assertThat(get(orders.append(Bytes.utf8("sixth")))).isInstanceOf(Committed.class);
        }
    }

    @Test
    void aClientThatBlocksWhenFullLetsCallersWaitForRoom() throws Exception {
        try (TestCluster cluster = TestCluster.of(1);
                QuorateClient client =
                        QuorateClient.create(cluster.config().withOutstanding(1, 1 << 20, BackPressure.BLOCK))) {
            ShardClient orders = client.shard(TestCluster.ORDERS);
            cluster.shards.get(0).mode(TestShard.Mode.HOLD);
            CompletableFuture<AppendOutcome> first = orders.append(Bytes.utf8("first"));
            CompletableFuture<AppendOutcome> second =
                    CompletableFuture.supplyAsync(() -> orders.appendAndWait(Bytes.utf8("second")));
            await().until(() -> client.statistics().outstanding() == 1);
            assertThat(second).isNotDone();
            cluster.shards.get(0).mode(TestShard.Mode.SERVE);
            assertThat(get(first)).isInstanceOf(Committed.class);
            assertThat(get(second)).isInstanceOf(Committed.class);
        }
    }

    @Test
    void bytesThatAreOutstandingAreBoundedAndComeBackWithTheAnswers() throws Exception {
        int room = 4096;
        Bytes third = Bytes.wrap(new byte[room / 3 - LogRecord.HEADER_BYTES]);
        try (TestCluster cluster = TestCluster.of(1);
                QuorateClient client =
                        QuorateClient.create(cluster.config().withOutstanding(1000, room, BackPressure.REJECT))) {
            ShardClient orders = client.shard(TestCluster.ORDERS);
            TestShard shard = cluster.shards.get(0);
            for (int round = 0; round < 3; round++) {
                shard.mode(TestShard.Mode.HOLD);
                List<CompletableFuture<AppendOutcome>> three = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    three.add(orders.append(third));
                }
                AppendOutcome fourth = get(orders.append(third));
                isRejected(fourth, RejectReason.QUEUE_FULL);
                assertThat(((Rejected) fourth).message()).contains("4096 bytes outstanding");
                assertThat(orders.query(
                                Bytes.wrap(new byte[room / 3]), ReadConsistency.EVENTUAL, ReadPreference.PRIMARY))
                        .as("reads take of the same room")
                        .failsWithin(30, TimeUnit.SECONDS)
                        .withThrowableThat()
                        .withMessageContaining("4096 bytes outstanding");
                assertThat(three).noneMatch(CompletableFuture::isDone);
                assertThat(client.statistics().outstanding()).isEqualTo(3);
                shard.mode(TestShard.Mode.SERVE);
                for (CompletableFuture<AppendOutcome> future : three) {
                    assertThat(get(future)).isInstanceOf(Committed.class);
                }
            }
            assertThat(cluster.log.applied()).hasSize(9);
            isRejected(get(orders.append(Bytes.wrap(new byte[room]))), RejectReason.TOO_LARGE);
        }
    }

    @Test
    void aCallerThatFindsNoRoomByItsDeadlineIsRejectedAndNothingOfItIsSent() throws Exception {
        Duration patience = Duration.ofMillis(200);
        try (TestCluster cluster = TestCluster.of(1);
                QuorateClient client =
                        QuorateClient.create(cluster.config().withOutstanding(1000, 1024, BackPressure.BLOCK))) {
            ShardClient orders = client.shard(TestCluster.ORDERS);
            cluster.shards.get(0).mode(TestShard.Mode.HOLD);
            Bytes large = Bytes.wrap(new byte[1000 - LogRecord.HEADER_BYTES]);
            CompletableFuture<AppendOutcome> first = orders.append(large);
            long begin = System.nanoTime();
            isRejected(
                    orders.appendAndWait(Bytes.utf8("late"), WriteConcern.MAJORITY, patience), RejectReason.QUEUE_FULL);
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .as("it waited as long as it may")
                    .isGreaterThanOrEqualTo(patience);
            assertThat(orders.query(large, ReadConsistency.EVENTUAL, ReadPreference.PRIMARY, patience))
                    .failsWithin(30, TimeUnit.SECONDS)
                    .withThrowableThat()
                    .withCauseInstanceOf(ReadUnavailableException.class);
            assertThat(first).as("what has its room keeps it").isNotDone();
            cluster.shards.get(0).mode(TestShard.Mode.SERVE);
            assertThat(get(first)).isInstanceOf(Committed.class);
            assertThat(orders.appendAndWait(Bytes.utf8("next"))).isInstanceOf(Committed.class);
            assertThat(cluster.log.applied()).containsExactly(large, Bytes.utf8("next"));
        }
    }

    @Test
    void aNodesCreditBoundsWhatIsInWorkThere() throws Exception {
        StreamLimits few = new StreamLimits(16, 1 << 20, 1 << 20, 1 << 20);
        try (TestCluster cluster = new TestCluster(1, few);
                QuorateClient client = cluster.client()) {
            ShardClient orders = client.shard(TestCluster.ORDERS);
            assertThat(orders.appendAndWait(Bytes.utf8("opening"))).isInstanceOf(Committed.class);
            TestShard shard = cluster.shards.get(0);
            shard.mode(TestShard.Mode.HOLD);
            List<CompletableFuture<AppendOutcome>> futures = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                futures.add(orders.append(Bytes.utf8("c" + i)));
            }
            await().until(() -> shard.held() == 16);
            shard.mode(TestShard.Mode.SERVE);
            for (CompletableFuture<AppendOutcome> future : futures) {
                assertThat(get(future)).isInstanceOf(Committed.class);
            }
        }
    }

    @Test
    void aCommandLargerThanANodeTakesIsRejectedByTheClient() throws Exception {
        StreamLimits small = new StreamLimits(16, 1 << 20, 1 << 20, 4096);
        try (TestCluster cluster = new TestCluster(1, small);
                QuorateClient client = cluster.client()) {
            ShardClient orders = client.shard(TestCluster.ORDERS);
            isRejected(get(orders.append(Bytes.wrap(new byte[5000]))), RejectReason.TOO_LARGE);
            assertThat(get(orders.append(Bytes.wrap(new byte[3000])))).isInstanceOf(Committed.class);
        }
    }

    @Test
    void aShardThatNobodyServesIsRejectedByName() throws Exception {
        try (TestCluster cluster = TestCluster.of(2);
                QuorateClient client = cluster.client()) {
            AppendOutcome outcome = get(client.shard(new ShardId("nowhere")).append(Bytes.utf8("x")));
            isRejected(outcome, RejectReason.UNKNOWN_SHARD);
            assertThat(((Rejected) outcome).message()).contains("nowhere");
        }
    }

    @Test
    void aShardThatTheSeedDoesNotServeIsFoundThroughIt() throws Exception {
        try (TestCluster cluster = TestCluster.of(2)) {
            ShardId other = new ShardId("other");
            SharedLog log = new SharedLog();
            TestNode second = cluster.nodes.get(1);
            TestShard shard = new TestShard(log, second.peer().id(), List.of(second.peer()));
            second.serve(other, shard);
            log.lead(second.peer().id());
            try (QuorateClient client =
                    QuorateClient.create(ClientConfig.of(cluster.nodes.get(0).address()))) {
                assertThat(get(client.shard(other).append(Bytes.utf8("x")))).isInstanceOf(Committed.class);
            }
        }
    }

    @Test
    void anotherClusterIsRejectedByName() throws Exception {
        try (TestCluster cluster = TestCluster.of(2);
                QuorateClient client = QuorateClient.create(
                        cluster.config().withCluster(ClusterId.parse("00000000-0000-0000-0000-00000000dead")))) {
            AppendOutcome outcome = get(client.shard(TestCluster.ORDERS).append(Bytes.utf8("x")));
            isRejected(outcome, RejectReason.WRONG_IDENTITY);
            assertThat(((Rejected) outcome).message()).contains(SharedLog.CLUSTER.toString());
        }
    }

    @Test
    void timeoutsOutOfRangeAreRefused() {
        try (TestCluster cluster = TestCluster.of(1)) {
            ClientConfig config = cluster.config();
            Assertions.assertThatIllegalArgumentException().isThrownBy(() -> config.withTimeout(Duration.ofDays(25)));
        }
    }
}
