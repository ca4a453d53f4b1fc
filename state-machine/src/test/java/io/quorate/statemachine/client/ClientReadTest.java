package io.quorate.statemachine.client;

import static io.quorate.statemachine.client.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quorate.statemachine.host.QueryResult;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClientReadTest {
    private static final Bytes QUERY = Bytes.utf8("q");

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

    private String answeredBy(ReadPreference preference) {
        String answer = orders.queryAndWait(QUERY, ReadConsistency.EVENTUAL, preference)
                .value()
                .utf8();
        assertThat(answer).endsWith(":q");
        return answer.substring(0, answer.indexOf(':'));
    }

    /** Until it has found the leader, a client may take any replica for a secondary. */
    private void findLeader() {
        assertThat(answeredBy(ReadPreference.PRIMARY)).isEqualTo("n1");
    }

    @Test
    void primaryIsTheLeaderAndFollowsIt() {
        assertThat(answeredBy(ReadPreference.PRIMARY)).isEqualTo("n1");
        cluster.nodes.get(0).kill();
        cluster.lead(2);
        assertThat(answeredBy(ReadPreference.PRIMARY)).isEqualTo("n3");
    }

    @Test
    void secondaryReadsAreSpreadOverTheOthers() {
        findLeader();
        Set<String> nodes = new TreeSet<>();
        for (int i = 0; i < 10; i++) {
            nodes.add(answeredBy(ReadPreference.SECONDARY));
        }
        assertThat(nodes).containsExactly("n2", "n3");
    }

    @Test
    void secondaryPreferredFallsBackToTheLeader() {
        findLeader();
        assertThat(answeredBy(ReadPreference.SECONDARY_PREFERRED)).isIn("n2", "n3");
        cluster.nodes.get(1).kill();
        cluster.nodes.get(2).kill();
        assertThat(answeredBy(ReadPreference.SECONDARY_PREFERRED)).isEqualTo("n1");
    }

    @Test
    void primaryPreferredFallsBackToTheOthers() {
        findLeader();
        assertThat(answeredBy(ReadPreference.PRIMARY_PREFERRED)).isEqualTo("n1");
        cluster.log.leaderless();
        cluster.nodes.get(0).kill();
        assertThat(answeredBy(ReadPreference.PRIMARY_PREFERRED)).isIn("n2", "n3");
    }

    @Test
    void nearestIsServedByAnyReplicaAndRoundTripsAreMeasured() {
        assertThat(answeredBy(ReadPreference.NEAREST)).isIn("n1", "n2", "n3");
        await().until(() -> client.statistics().roundTripNanos().size() == 3);
        assertThat(answeredBy(ReadPreference.NEAREST)).isIn("n1", "n2", "n3");
    }

    @Test
    void aReadSeesTheLsnOfTheWriteBeforeIt() {
        Committed committed = (Committed) orders.appendAndWait(Bytes.utf8("write"));
        QueryResult result =
                orders.queryAndWait(QUERY, new ReadConsistency.Session(committed.lsn()), ReadPreference.PRIMARY);
        assertThat(result.applied()).isGreaterThanOrEqualTo(committed.lsn());
    }

    @Test
    void aMalformedQueryIsTheCallersMistake() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        orders.queryAndWait(Bytes.utf8("malformed"), ReadConsistency.EVENTUAL, ReadPreference.PRIMARY))
                .withMessageContaining("as asked");
    }

    @Test
    void aReadThatNobodyCanServeEndsAtItsDeadlineWithTheReason() {
        answeredBy(ReadPreference.SECONDARY);
        cluster.log.leaderless();
        CompletableFuture<QueryResult> read =
                orders.query(QUERY, ReadConsistency.LINEARIZABLE, ReadPreference.SECONDARY, Duration.ofMillis(300));
        await().until(read::isDone);
        assertThatExceptionOfType(ReadUnavailableException.class)
                .isThrownBy(() -> {
                    try {
                        read.join();
                    } catch (CompletionException e) {
                        throw e.getCause();
                    }
                })
                .satisfies(e -> assertThat(e.reason()).isEqualTo(RejectReason.UNAVAILABLE));
        assertThat(client.statistics().outstanding()).isZero();
    }

    @Test
    void manyReadsShareMessages() throws Exception {
        // On the client's own thread, which takes them all together then: what shares a message is not a matter of
        // speed.
        List<CompletableFuture<QueryResult>> reads = ask("first")
                .thenApply(connected ->
                        IntStream.range(0, 5000).mapToObj(i -> ask("q" + i)).toList())
                .get(30, TimeUnit.SECONDS);
        for (int i = 0; i < 5000; i++) {
            assertThat(reads.get(i).get(30, TimeUnit.SECONDS).value()).isEqualTo(Bytes.utf8("n1:q" + i));
        }
        assertThat(client.statistics().requestMessages()).isLessThan(1000);
        assertThat(cluster.shards.get(0).queries()).isEqualTo(5001);
    }

    private CompletableFuture<QueryResult> ask(String query) {
        return orders.query(Bytes.utf8(query), ReadConsistency.EVENTUAL, ReadPreference.PRIMARY);
    }

    @Test
    void readsInFlightAreAskedAgainElsewhereWhenTheirNodeDies() throws Exception {
        List<CompletableFuture<QueryResult>> reads = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            reads.add(orders.query(QUERY, ReadConsistency.EVENTUAL, ReadPreference.NEAREST));
            if (i == 500) {
                cluster.nodes.get(2).kill();
            }
        }
        for (CompletableFuture<QueryResult> read : reads) {
            assertThat(read.get(30, TimeUnit.SECONDS).value().utf8()).endsWith(":q");
        }
    }
}
