package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.client.ShardClient;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.Generation;
import io.quorate.topology.Role;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.MembershipException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shard is founded once: a founder that was removed and comes back has nothing, and must not act as if it had. */
class FoundingTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final Map<Lsn, String> acknowledged = new TreeMap<>();

    private void write(ShardClient shard, String payload) {
        assertThat(shard.appendAndWait(Bytes.utf8(payload)))
                .isInstanceOfSatisfying(Committed.class, committed -> acknowledged.put(committed.lsn(), payload));
    }

    private static void move(InProcessCluster cluster, ShardDescriptor shard, String from, String to) {
        cluster.open(to, shard);
        cluster.leader(shard).membership().put(cluster.peer(to), PATIENCE).join();
        cluster.leader(shard)
                .membership()
                .transferLeadership(cluster.peer(to).id(), PATIENCE)
                .join();
        Awaitility.await(from + " to be removed, once " + to + " has committed that it leads")
                .atMost(PATIENCE)
                .ignoreExceptionsMatching(e -> e.getCause() instanceof MembershipException)
                .untilAsserted(() -> cluster.shard(to, shard)
                        .membership()
                        .remove(cluster.peer(from).id(), PATIENCE)
                        .join());
    }

    private static void assertWaitsToBeAdded(InProcessCluster cluster, String node, ShardDescriptor shard) {
        HostedShard replica = cluster.shard(node, shard);
        assertThat(replica.status().peers()).as("configuration of " + node).isEmpty();
        long epoch = replica.status().epoch();
        assertThat(epoch)
                .as("it remembers the term in which it promised something last")
                .isPositive();
        Awaitility.await(node + " through several election timeouts")
                .during(Duration.ofSeconds(4))
                .atMost(PATIENCE)
                .until(() -> !replica.status().leads() && replica.status().epoch() == epoch);
    }

    @Test
    void aRemovedFounderThatComesBackWaitsForTheLeaderAndThenHasWhatTheOthersHave() throws IOException {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(1, "s1", Ledger.NAME);
            cluster.define("n2");
            cluster.start("n2");
            try (QuorateClient client = cluster.client(UnaryOperator.identity())) {
                ShardClient ledger = client.shard(shard.shard());
                write(ledger, "in the first life of n1");
                move(cluster, shard, "n1", "n2");
                cluster.host("n1").remove(shard.shard());
                write(ledger, "without n1");

                cluster.open("n1", shard);
                assertWaitsToBeAdded(cluster, "n1", shard);
                // whoever added it was interrupted here, and the node is started again
                cluster.stop("n1");
                cluster.start("n1");
                assertWaitsToBeAdded(cluster, "n1", shard);
                write(ledger, "while n1 waits");

                assertThat(cluster.leader(shard).status().self())
                        .isEqualTo(cluster.peer("n2").id());
                cluster.leader(shard)
                        .membership()
                        .put(cluster.peer("n1").withRole(Role.VOTER), PATIENCE)
                        .join();
                write(ledger, "with both");
                Replicas.assertEqualState(cluster, shard);
                for (String node : cluster.runningNodes()) {
                    Replicas.assertExactlyOnce(cluster.shard(node, shard), acknowledged);
                }
            }
        }
    }

    @Test
    void aPeerThatWasRemovedIsRefusedAsAFounderAlsoAfterARestart() throws IOException {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(1, "s1", Ledger.NAME);
            cluster.awaitLeader(shard);
            cluster.host("n1").remove(shard.shard());
            assertThatThrownBy(() -> cluster.host("n1").found(shard))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("was removed from shard s1");
            cluster.stop("n1");
            cluster.start("n1");
            assertThatThrownBy(() -> cluster.host("n1").found(shard))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("was removed from shard s1");
            assertThat(cluster.host("n1").all()).isEmpty();
        }
    }

    @Test
    void whoeverAsksToFoundALifeThatIsOverComesLateAlsoWhereItNeverBegan() throws IOException {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            ShardDescriptor other = cluster.found(1, "other", Ledger.NAME);
            ShardDescriptor shard =
                    new ShardDescriptor(cluster.id(), new ShardId("s1"), Generation.FIRST, Ledger.NAME, other.peers());
            cluster.host("n1").remove(shard);
            cluster.host("n1").remove(shard);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> cluster.host("n1").found(shard))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("was removed from shard s1");
                cluster.stop("n1");
                cluster.start("n1");
            }
            ShardDescriptor next = new ShardDescriptor(
                    cluster.id(), shard.shard(), Generation.FIRST.next(), Ledger.NAME, other.peers());
            cluster.host("n1").found(next);
            cluster.host("n1").remove(shard);
            assertThat(cluster.leader(next).descriptor()).isEqualTo(next);
        }
    }

    @Test
    void aNodeThatIsNoMemberCannotFound() throws IOException {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(1, "s1", Ledger.NAME);
            cluster.define("n2");
            cluster.start("n2");
            assertThatThrownBy(() -> cluster.host("n2").found(shard))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no member of shard s1");
        }
    }
}
