package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.Lsn;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does to a shard while its users go on writing through one client. */
class OperationsUnderLoadTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void restartsTransfersAndChangesOfMembersLoseAndRepeatNothing() {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            try (QuorateClient client = cluster.client(UnaryOperator.identity());
                    Load load = Load.start(client.shard(shard.shard()), 8, 0)) {
                load.awaitMore(20);
                transfer(cluster, shard, load);
                restartAll(cluster, shard, load);
                growAndShrink(cluster, shard, load);
                load.stop();
                assertThat(load.unacknowledged()).isEmpty();
                Replicas.assertEqualState(cluster, shard);
                for (String node : cluster.runningNodes()) {
                    Replicas.assertExactlyOnce(cluster.shard(node, shard), load.acknowledged());
                }
                assertThat(Replicas.problems(cluster, shard)).isEmpty();
                assertLogOrder(load.acknowledged());
            }
        }
    }

    private static void transfer(InProcessCluster cluster, ShardDescriptor shard, Load load) {
        Peer target = cluster.peer(cluster.follower(shard));
        cluster.leader(shard)
                .membership()
                .transferLeadership(target.id(), PATIENCE)
                .join();
        assertThat(cluster.shard(target.id().node().value(), shard).status().leads())
                .as(target + " leads")
                .isTrue();
        load.awaitMore(20);
    }

    /** Followers and leader alike; the leader last, so that leadership moves once. */
    private static void restartAll(InProcessCluster cluster, ShardDescriptor shard, Load load) {
        String leader = cluster.awaitLeader(shard);
        for (String node : cluster.runningNodes()) {
            if (!node.equals(leader)) {
                restart(cluster, node, shard, load);
            }
        }
        restart(cluster, leader, shard, load);
    }

    private static void restart(InProcessCluster cluster, String node, ShardDescriptor shard, Load load) {
        cluster.stop(node);
        load.awaitMore(20);
        cluster.start(node);
        long goal = cluster.leader(shard).status().applied().value();
        Awaitility.await(node + " at lsn " + goal)
                .atMost(PATIENCE)
                .until(() -> cluster.shard(node, shard).status().applied().value() >= goal);
    }

    private static void growAndShrink(InProcessCluster cluster, ShardDescriptor shard, Load load) {
        Peer fourth = cluster.define("n4");
        cluster.start("n4");
        cluster.open("n4", shard);
        cluster.leader(shard).membership().put(fourth, PATIENCE).join();
        load.awaitMore(20);
        String removed = cluster.awaitLeader(shard).equals("n1") ? "n2" : "n1";
        cluster.leader(shard)
                .membership()
                .remove(cluster.peer(removed).id(), PATIENCE)
                .join();
        cluster.stop(removed);
        load.awaitMore(20);
        assertThat(cluster.leader(shard).status().peers())
                .extracting(peer -> peer.id().node().value())
                .hasSize(3)
                .contains("n4")
                .doesNotContain(removed);
    }

    /** Each lane waits for its answer before it sends the next entry, so that one must have a higher LSN. */
    private static void assertLogOrder(Map<Lsn, String> acknowledged) {
        Map<String, Integer> latest = new HashMap<>();
        for (String payload : acknowledged.values()) {
            String[] words = payload.split(" ");
            int entry = Integer.parseInt(words[3]);
            Integer before = latest.put(words[1], entry);
            assertThat(before == null || before < entry)
                    .as("entry " + entry + " of lane " + words[1] + " behind " + before)
                    .isTrue();
        }
    }
}
