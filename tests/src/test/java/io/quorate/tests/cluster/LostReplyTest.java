package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.client.ShardClient;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.WriteConcern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real client whose append was applied, and who never heard of it: it asks again by itself. */
class LostReplyTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration TTL = Duration.ofSeconds(2);

    @TempDir
    Path directory;

    private final ClientGate gate = new ClientGate();
    private InProcessCluster cluster;
    private ShardDescriptor shard;
    private QuorateClient client;

    @BeforeEach
    void found() {
        cluster = new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity());
        for (String node : List.of("n1", "n2", "n3")) {
            cluster.intercept(node, gate);
        }
        shard = cluster.found(3, "s1", Ledger.NAME);
    }

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    private ShardClient connect(Duration sessionTtl) {
        client = cluster.client(config -> config.withSessionTtl(sessionTtl));
        ShardClient connected = client.shard(shard.shard());
        assertThat(connected.appendAndWait(Bytes.utf8("first"))).isInstanceOf(Committed.class);
        return connected;
    }

    /** An append that was applied everywhere, of which the client has not heard. */
    private record Unheard(CompletableFuture<AppendOutcome> outcome, String text, Lsn lsn) {}

    /** Appends, and loses all that nodes answer from then on; returns once every replica has applied it. */
    private Unheard appendUnheard(ShardClient from, String text) {
        Lsn before = Replicas.awaitSameLsn(cluster, shard);
        gate.lose(true);
        CompletableFuture<AppendOutcome> append = from.append(Bytes.utf8(text));
        Set<Optional<Lsn>> places = Awaitility.await("applied everywhere")
                .atMost(PATIENCE)
                .until(
                        () -> cluster.runningNodes().stream()
                                .map(node -> placeOf(text, before, cluster.shard(node, shard)))
                                .collect(Collectors.toSet()),
                        found -> found.size() == 1 && !found.contains(Optional.<Lsn>empty()));
        Awaitility.await("the answer is lost").atMost(PATIENCE).until(() -> gate.lost() > 0);
        assertThat(append).isNotDone();
        return new Unheard(append, text, places.iterator().next().orElseThrow());
    }

    /** Behind an LSN, on one replica. */
    private static Optional<Lsn> placeOf(String text, Lsn behind, HostedShard replica) {
        Lsn last = replica.status().applied();
        for (Lsn lsn = behind.next(); lsn.compareTo(last) <= 0; lsn = lsn.next()) {
            Bytes found = replica.query(Ledger.key(lsn), ReadConsistency.EVENTUAL, PATIENCE)
                    .join()
                    .value();
            if (found.utf8().equals(text)) {
                return Optional.of(lsn);
            }
        }
        return Optional.empty();
    }

    private void assertOnce(Unheard append) {
        Lsn lsn = append.lsn();
        AppendOutcome outcome = append.outcome().join();
        assertThat(outcome).isInstanceOf(Committed.class);
        assertThat(((Committed) outcome).lsn())
                .as("the place that it took first")
                .isEqualTo(lsn);
        assertThat(((Committed) outcome).result().value())
                .as("the answer that was lost")
                .isEqualTo(Ledger.key(lsn));
        Replicas.assertEqualState(cluster, shard);
        for (String node : cluster.runningNodes()) {
            Replicas.assertExactlyOnce(cluster.shard(node, shard), Map.of(lsn, append.text()));
        }
    }

    @Test
    void anAppendWhoseAnswerIsLostWithTheConnectionIsAppliedOnceAndAnswered() {
        ShardClient connected = connect(Duration.ofMinutes(10));
        Unheard append = appendUnheard(connected, "paid 5");
        gate.refuse(true);
        gate.breakStreams();
        gate.lose(false);
        gate.refuse(false);
        assertOnce(append);
        assertThat(client.statistics().connectionsLost()).isPositive();
        assertThat(((Committed) connected.appendAndWait(Bytes.utf8("then"))).lsn())
                .as("the retry took no place")
                .isEqualTo(append.lsn().next());
    }

    @Test
    void theNextLeaderAnswersWhatTheLastOneCouldNotSay() {
        ShardClient connected = connect(Duration.ofMinutes(10));
        Unheard append = appendUnheard(connected, "paid 6");
        String deaf = cluster.awaitLeader(shard);
        cluster.stop(deaf);
        gate.lose(false);
        assertOnce(append);
        assertThat(((Committed) connected.appendAndWait(Bytes.utf8("then"))).lsn())
                .isEqualTo(append.lsn().next());
        cluster.start(deaf);
        Replicas.assertEqualState(cluster, shard);
    }

    @Test
    void theRetryBehindTheEndOfTheSessionIsUndecidedAndAppliesNothing() {
        assertUndecidedOnceTheSessionIsOver(() -> {});
    }

    @Test
    void theSameOverAFailover() {
        assertUndecidedOnceTheSessionIsOver(() -> {
            String deaf = cluster.awaitLeader(shard);
            cluster.stop(deaf);
            cluster.awaitLeader(shard);
            cluster.start(deaf);
        });
    }

    private void assertUndecidedOnceTheSessionIsOver(Runnable meanwhile) {
        ShardClient connected = connect(TTL);
        Unheard append = appendUnheard(connected, "paid 7");
        gate.refuse(true);
        gate.breakStreams();
        long began = clusterTime();
        meanwhile.run();
        Awaitility.await("cluster time to pass the end of the session")
                .atMost(PATIENCE)
                .until(() -> clusterTime() > began + TTL.toMillis() + 1);
        assertThat(append.outcome()).isNotDone();
        gate.lose(false);
        gate.refuse(false);
        assertThat(append.outcome().join())
                .isInstanceOfSatisfying(Indeterminate.class, unknown -> assertThat(unknown.message())
                        .contains("session expired"));
        // the client lives on in another session
        AppendOutcome next = connected.appendAndWait(Bytes.utf8("then"));
        assertThat(next).isInstanceOf(Committed.class);
        Replicas.assertEqualState(cluster, shard);
        for (String node : cluster.runningNodes()) {
            Replicas.assertExactlyOnce(
                    cluster.shard(node, shard), Map.of(append.lsn(), append.text(), ((Committed) next).lsn(), "then"));
        }
    }

    /** That of an entry appended now, past the client. */
    private long clusterTime() {
        HostedShard leader = cluster.leader(shard);
        LogRecord clock = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("clock " + System.nanoTime()));
        AppendOutcome outcome =
                leader.append(clock, WriteConcern.MAJORITY, PATIENCE).join();
        return outcome instanceof Committed committed
                ? leader.query(Ledger.CLUSTER_TIME, new ReadConsistency.Session(committed.lsn()), PATIENCE)
                        .join()
                        .value()
                        .longAt(0)
                : Long.MIN_VALUE;
    }
}
