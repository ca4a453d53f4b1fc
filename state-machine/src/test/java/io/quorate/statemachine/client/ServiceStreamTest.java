package io.quorate.statemachine.client;

import static io.quorate.statemachine.client.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.service.RawStream;
import io.quorate.statemachine.service.StreamLimits;
import io.quorate.statemachine.wire.ClientRequest;
import io.quorate.statemachine.wire.ClientRequest.AppendGroup;
import io.quorate.statemachine.wire.ClientRequest.Hello;
import io.quorate.statemachine.wire.ClientRequest.QueryGroup;
import io.quorate.statemachine.wire.RequestCodec;
import io.quorate.statemachine.wire.ServerResponse;
import io.quorate.statemachine.wire.ServerResponse.CommittedRun;
import io.quorate.statemachine.wire.ServerResponse.IndeterminateRun;
import io.quorate.statemachine.wire.ServerResponse.RejectedRun;
import io.quorate.statemachine.wire.ServerResponse.ResultRun;
import io.quorate.statemachine.wire.WireMessage;
import io.quorate.topology.ClusterId;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The serving side, seen by clients that do what a good one would not. */
@Timeout(60)
class ServiceStreamTest {
    private static final Hello HELLO = new Hello(1, Optional.empty());
    private static final LogRecord RECORD = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("command"));

    private static AppendGroup appends(long firstId, int count) {
        return appends(firstId, Optional.empty(), Collections.nCopies(count, RECORD));
    }

    private static AppendGroup appends(long firstId, Optional<UUID> life, List<LogRecord> records) {
        return new AppendGroup(firstId, TestCluster.ORDERS, life, WriteConcern.MAJORITY, 10_000, records);
    }

    private static <T extends ServerResponse> List<T> responses(RawStream stream, Class<T> type) {
        return stream.responses().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    private static void isClosed(RawStream stream, Status.Code code, String description) {
        await().until(() -> stream.status().isPresent());
        assertThat(stream.status().get().getCode()).isEqualTo(code);
        assertThat(stream.status().get().getDescription()).contains(description);
    }

    @Test
    void aGroupIsAnsweredByFewRuns() {
        try (TestCluster cluster = TestCluster.of(1);
                RawStream stream = new RawStream(cluster.nodes.get(0).address())) {
            cluster.shards.get(0).mode(TestShard.Mode.HOLD);
            stream.read(1000).send(HELLO, appends(1, 500)); // in as many messages as a slow machine makes of them
            await().until(() -> cluster.shards.get(0).held() == 500);
            cluster.shards.get(0).mode(TestShard.Mode.SERVE);
            await().until(() -> responses(stream, CommittedRun.class).stream()
                            .mapToInt(CommittedRun::count)
                            .sum()
                    == 500);
            assertThat(responses(stream, CommittedRun.class)).hasSizeLessThan(250);
            assertThat(stream.responses().get(0)).isInstanceOf(ServerResponse.Welcome.class);
        }
    }

    @Test
    void aMalformedMessageEndsItsStreamAndNoOther() {
        try (TestCluster cluster = TestCluster.of(1);
                RawStream bad = new RawStream(cluster.nodes.get(0).address());
                RawStream good = new RawStream(cluster.nodes.get(0).address())) {
            bad.read(10).send(WireMessage.of(Bytes.utf8("this is not a message of ours")));
            isClosed(bad, Status.Code.INVALID_ARGUMENT, "malformed message: message with magic");
            good.read(10).send(HELLO, appends(1, 1));
            await().until(() -> responses(good, CommittedRun.class).size() == 1);
        }
    }

    @Test
    void aRecordDamagedOnTheWayEndsItsStream() {
        try (TestCluster cluster = TestCluster.of(1);
                RawStream stream = new RawStream(cluster.nodes.get(0).address())) {
            byte[] bytes =
                    RequestCodec.encode(List.of(HELLO, appends(1, 1))).joined().toArray();
            bytes[bytes.length - 1] ^= 1;
            stream.read(10).send(WireMessage.of(Bytes.wrap(bytes)));
            isClosed(stream, Status.Code.INVALID_ARGUMENT, "checksum");
            assertThat(cluster.log.applied()).isEmpty();
        }
    }

    @Test
    void aStreamBeginsWithOneHello() {
        try (TestCluster cluster = TestCluster.of(1);
                RawStream silent = new RawStream(cluster.nodes.get(0).address());
                RawStream eager = new RawStream(cluster.nodes.get(0).address())) {
            silent.read(10).send(appends(1, 1));
            isClosed(silent, Status.Code.FAILED_PRECONDITION, "hello");
            eager.read(10).send(HELLO, HELLO);
            isClosed(eager, Status.Code.FAILED_PRECONDITION, "hello");
            assertThat(cluster.log.applied()).isEmpty();
        }
    }

    @Test
    void requestsForAnotherClusterShardOrLifeOfItAreRejectedAndOthersOfTheStreamServed() {
        try (TestCluster cluster = TestCluster.of(1);
                RawStream stream = new RawStream(cluster.nodes.get(0).address());
                RawStream foreign = new RawStream(cluster.nodes.get(0).address())) {
            ClientRequest elsewhere = new AppendGroup(
                    1, new ShardId("elsewhere"), Optional.empty(), WriteConcern.MAJORITY, 1000, List.of(RECORD));
            UUID life = cluster.shards.get(0).descriptor().groupId();
            AppendGroup former = appends(2, Optional.of(new UUID(1, 2)), List.of(RECORD));
            stream.read(10).send(HELLO, elsewhere, former, appends(3, Optional.of(life), List.of(RECORD)));
            await().until(() -> responses(stream, CommittedRun.class).size() == 1);
            assertThat(responses(stream, RejectedRun.class))
                    .extracting(RejectedRun::reason)
                    .containsExactly(RejectReason.UNKNOWN_SHARD, RejectReason.UNKNOWN_SHARD);
            assertThat(cluster.log.applied()).hasSize(1);
            ClusterId other = ClusterId.parse("00000000-0000-0000-0000-00000000dead");
            foreign.read(10).send(new Hello(1, Optional.of(other)), appends(1, 3));
            await().until(() -> responses(foreign, RejectedRun.class).size() == 1);
            assertThat(responses(foreign, RejectedRun.class)).singleElement().satisfies(run -> {
                assertThat(run.reason()).isEqualTo(RejectReason.WRONG_IDENTITY);
                assertThat(run.count()).isEqualTo(3);
            });
        }
    }

    @Test
    void aFollowerNamesTheLeader() {
        try (TestCluster cluster = TestCluster.of(2);
                RawStream stream = new RawStream(cluster.nodes.get(1).address())) {
            stream.read(10).send(HELLO, appends(1, 3));
            await().until(() -> !responses(stream, RejectedRun.class).isEmpty());
            assertThat(responses(stream, RejectedRun.class).get(0).hint())
                    .hasValueSatisfying(hint -> assertThat(hint.address())
                            .isEqualTo(cluster.nodes.get(0).address()));
        }
    }

    @Test
    void aNodeReadsNoFurtherThanItsCreditForAClientThatDoesNotReadAnswers() {
        StreamLimits few = new StreamLimits(100, 1 << 20, 64 << 20, 1 << 20);
        try (TestCluster cluster = new TestCluster(1, few);
                RawStream stream = new RawStream(cluster.nodes.get(0).address())) {
            // Results of this size fill the stream's window, since the client reads none of them.
            cluster.shards.get(0).mode(TestShard.Mode.HOLD);
            stream.send(HELLO, appends(1, 100));
            for (int i = 1; i <= 50; i++) {
                stream.send(appends(1 + 100L * i, 100));
            }
            await().until(() -> cluster.shards.get(0).held() == 100);
            stream.read(1000);
            cluster.shards.get(0).mode(TestShard.Mode.SERVE);
            await().until(() -> responses(stream, CommittedRun.class).stream()
                            .mapToInt(CommittedRun::count)
                            .sum()
                    == 5100);
        }
    }

    /** What a query finds may be much larger than the query: else a client that asks and does not read takes the node's heap. */
    @Test
    void resultsThatAClientDoesNotReadAreBoundedAndFurtherQueriesRefused() {
        StreamLimits few = new StreamLimits(1000, 256 << 10, 64 << 20, 1 << 20);
        try (TestCluster cluster = new TestCluster(1, few);
                RawStream stream = new RawStream(cluster.nodes.get(0).address())) {
            int queries = 500;
            List<Bytes> large = Collections.nCopies(queries, Bytes.utf8("bytes 65536"));
            stream.send(HELLO, new QueryGroup(1, TestCluster.ORDERS, ReadConsistency.EVENTUAL, 10_000, large));
            stream.read(1000);
            await().until(() -> found(stream) + refused(stream) == queries);
            assertThat(found(stream)).as("32 MB were found").isBetween(1, 100);
            assertThat(responses(stream, RejectedRun.class))
                    .allSatisfy(run -> assertThat(run.reason()).isEqualTo(RejectReason.QUEUE_FULL));
            // once it has read, it is served again
            int before = found(stream);
            stream.send(new QueryGroup(
                    1 + queries, TestCluster.ORDERS, ReadConsistency.EVENTUAL, 10_000, large.subList(0, 1)));
            await().until(() -> found(stream) == before + 1);
        }
    }

    private static int found(RawStream stream) {
        return responses(stream, ResultRun.class).stream()
                .mapToInt(run -> run.values().size())
                .sum();
    }

    private static int refused(RawStream stream) {
        return responses(stream, RejectedRun.class).stream()
                .mapToInt(RejectedRun::count)
                .sum();
    }

    @Test
    void aHalfClosedStreamEndsWhenEverythingIsAnswered() {
        try (TestCluster cluster = TestCluster.of(1);
                RawStream stream = new RawStream(cluster.nodes.get(0).address())) {
            cluster.shards.get(0).mode(TestShard.Mode.HOLD);
            stream.read(10).send(HELLO, appends(1, 3)).halfClose();
            await().until(() -> cluster.shards.get(0).held() == 3);
            assertThat(stream.status()).isEmpty();
            cluster.shards.get(0).mode(TestShard.Mode.SERVE);
            await().until(() -> stream.status().isPresent());
            assertThat(stream.status().get().isOk()).isTrue();
            assertThat(responses(stream, CommittedRun.class)).isNotEmpty();
        }
    }

    @Test
    void aShardThatFailsLeavesItsAppendsIndeterminateAndTheStreamOpen() {
        try (TestCluster cluster = TestCluster.of(1);
                RawStream stream = new RawStream(cluster.nodes.get(0).address())) {
            cluster.shards.get(0).close();
            stream.read(10).send(HELLO, appends(1, 3));
            await().until(() -> responses(stream, IndeterminateRun.class).size() == 1);
            stream.send(new ClientRequest.Ping(9));
            await().until(() -> responses(stream, ServerResponse.Pong.class).size() == 1);
        }
    }
}
