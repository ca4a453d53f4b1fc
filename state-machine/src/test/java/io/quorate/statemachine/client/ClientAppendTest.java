package io.quorate.statemachine.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClientAppendTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void anAppendIsCommittedAtTheLeader() {
        try (TestCluster cluster = TestCluster.of(3);
                QuorateClient client = cluster.client()) {
            AppendOutcome outcome = client.shard(TestCluster.ORDERS).appendAndWait(Bytes.utf8("first"));
            assertThat(outcome).isInstanceOf(Committed.class);
            assertThat(cluster.log.applied()).containsExactly(Bytes.utf8("first"));
        }
    }

    /** What is promised, and no more: see {@link ShardClient}. */
    @Test
    void whatACallerRepeatsIsAnotherAppendAlsoByAClientThatWasMadeAnew() {
        try (TestCluster cluster = TestCluster.of(3)) {
            Bytes command = Bytes.utf8("add 1");
            for (int life = 0; life < 2; life++) {
                try (QuorateClient client = cluster.client()) {
                    client.shard(TestCluster.ORDERS).appendAndWait(command);
                    client.shard(TestCluster.ORDERS).appendAndWait(command);
                }
            }
            assertThat(cluster.log.applied()).containsExactly(command, command, command, command);
        }
    }

    @Test
    void manyAppendsShareMessagesBothWaysAndKeepTheirOrder() throws Exception {
        try (TestCluster cluster = TestCluster.of(3);
                QuorateClient client = cluster.client()) {
            ShardClient orders = client.shard(TestCluster.ORDERS);
            Bytes first = Bytes.utf8("first");
            List<Bytes> commands = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                commands.add(Bytes.utf8("command-" + i));
            }
            // On the client's own thread, which takes them all together then: what shares a message is not a matter of
            // speed.
            List<CompletableFuture<AppendOutcome>> futures = orders.append(first)
                    .thenApply(opened -> commands.stream().map(orders::append).toList())
                    .get(LONG.toSeconds(), TimeUnit.SECONDS);
            long lastLsn = 0;
            for (CompletableFuture<AppendOutcome> future : futures) {
                Committed committed = (Committed) future.get(LONG.toSeconds(), TimeUnit.SECONDS);
                assertThat(committed.lsn().value()).isGreaterThan(lastLsn);
                lastLsn = committed.lsn().value();
            }
            commands.add(0, first);
            assertThat(cluster.log.applied()).isEqualTo(commands);
            ClientStatistics statistics = client.statistics();
            assertThat(statistics.requestMessages()).isLessThan(1_000);
            assertThat(statistics.responseMessages()).isLessThan(1_000);
            assertThat(statistics.outstanding()).isZero();
        }
    }
}
