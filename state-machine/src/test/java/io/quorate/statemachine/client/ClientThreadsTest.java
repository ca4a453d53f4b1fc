package io.quorate.statemachine.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.quorate.topology.ShardId;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClientThreadsTest {
    private static final Bytes VALUE = Bytes.utf8("v");

    @Test
    void clientsShareAThreadAndKeepConnectionsOfTheirOwn() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        try (TestCluster cluster = TestCluster.of(3);
                ClientThreads shared = ClientThreads.of(1);
                QuorateClient one = cluster.client(shared);
                QuorateClient other = cluster.client(shared)) {
            appendAndNoteThread(one, threads);
            appendAndNoteThread(other, threads);
            assertThat(threads).hasSize(1);
            assertThat(one.statistics().connectionsOpened()).isPositive();
            assertThat(other.statistics().connectionsOpened()).isPositive();
        }
    }

    @Test
    void theEndOfAClientIsNotThatOfTheOthersOnItsThread() {
        try (TestCluster cluster = TestCluster.of(3);
                ClientThreads shared = ClientThreads.of(1);
                QuorateClient other = cluster.client(shared)) {
            QuorateClient one = cluster.client(shared);
            append(one);
            one.close();
            append(other);
            assertThatIllegalStateException().isThrownBy(() -> one.shard(new ShardId("other")));
        }
    }

    @Test
    void aThreadOfAClientThatIsClosedEnds() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        try (TestCluster cluster = TestCluster.of(3)) {
            QuorateClient client = cluster.client();
            appendAndNoteThread(client, threads);
            client.close();
            await("the end of its thread").until(() -> threads.stream().noneMatch(Thread::isAlive));
        }
    }

    /** Whoever waits for an answer would else wait for ever. */
    @Test
    void theEndOfTheThreadsIsThatOfTheClientsThatAreLeft() {
        try (TestCluster cluster = TestCluster.of(3)) {
            ClientThreads shared = ClientThreads.of(1);
            QuorateClient client = cluster.client(shared);
            append(client);
            cluster.shards.get(0).mode(TestShard.Mode.HOLD);
            CompletableFuture<AppendOutcome> outstanding =
                    client.shard(TestCluster.ORDERS).append(VALUE);
            shared.close();
            assertThat(outstanding)
                    .succeedsWithin(Duration.ofSeconds(30))
                    .isInstanceOfAny(Indeterminate.class, Rejected.class);
            assertThat(client.shard(TestCluster.ORDERS).appendAndWait(VALUE)).isInstanceOf(Rejected.class);
            assertThatIllegalStateException().isThrownBy(() -> cluster.client(shared));
            client.close();
        }
    }

    @Test
    void aClientThatIsClosedLeavesNothingOnAThreadThatGoesOn() {
        try (TestCluster cluster = TestCluster.of(3);
                ClientThreads shared = ClientThreads.of(1)) {
            WeakReference<ShardClient> closed = closedClient(cluster, shared);
            await("nobody to keep it").until(() -> {
                System.gc();
                return closed.get() == null;
            });
        }
    }

    private static WeakReference<ShardClient> closedClient(TestCluster cluster, ClientThreads shared) {
        try (QuorateClient client = cluster.client(shared)) {
            append(client);
            return new WeakReference<>(client.shard(TestCluster.ORDERS));
        }
    }

    @Test
    void thereIsAtLeastOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> ClientThreads.of(0));
    }

    private static void append(QuorateClient client) {
        assertThat(client.shard(TestCluster.ORDERS).appendAndWait(VALUE)).isInstanceOf(Committed.class);
    }

    private static void appendAndNoteThread(QuorateClient client, Set<Thread> threads) {
        Thread answered;
        do {
            answered = client.shard(TestCluster.ORDERS)
                    .append(VALUE)
                    .thenApply(outcome -> Thread.currentThread())
                    .join();
        } while (answered == Thread.currentThread()); // answered before there was somebody to tell
        threads.add(answered);
    }
}
