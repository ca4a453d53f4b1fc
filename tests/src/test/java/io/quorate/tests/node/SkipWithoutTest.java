package io.quorate.tests.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.service.AdminException;
import io.quorate.tests.cluster.Ledger;
import io.quorate.topology.NodeId;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A member that is lost for good keeps a shard from going on only as long as nobody gives it up. */
class SkipWithoutTest extends PoisonedShard {
    private static final NodeId SECOND = new NodeId("n2");
    private static final NodeId THIRD = new NodeId("n3");

    private static void assertRefused(ClusterAdmin admin, ShardId shard, Lsn lsn, Set<NodeId> without, String... why) {
        assertThatThrownBy(() -> admin.skipEntry(shard, lsn, without))
                .isInstanceOfSatisfying(AdminException.class, refusal -> {
                    assertThat(refusal.error()).as(refusal.getMessage()).isEqualTo("REFUSED");
                    assertThat(refusal.getMessage()).contains(why);
                });
    }

    private static List<String> members(ClusterAdmin admin) {
        JsonNode peers = admin.leader(SHARD).path("peers");
        return StreamSupport.stream(peers.spliterator(), false)
                .map(peer -> peer.path("id").asText().split("\\.")[0])
                .sorted()
                .toList();
    }

    @Test
    void theOthersGoOnWithoutAMemberThatIsGivenUpAndTakeItOut() throws IOException {
        poisoned.addAll(List.of("n1", "n2", "n3"));
        try (ClusterAdmin admin = nodes.admin();
                QuorateClient client = nodes.client()) {
            Lsn poison = commit(client.shard(SHARD), "good").next();
            client.shard(SHARD).append(Bytes.utf8("poison 1"));
            for (String node : List.of("n1", "n2", "n3")) {
                awaitParkedAt(node, poison);
            }
            nodes.stop("n3");
            assertRefused(admin, SHARD, poison, Set.of(), "n3.", "does not answer", "'--without n3'");
            assertRefused(admin, SHARD, poison, Set.of(new NodeId("n9"), THIRD), "n9 is no member");

            admin.skipEntry(SHARD, poison, Set.of(THIRD));
            admin.skipEntry(SHARD, poison);

            Lsn last = commit(client.shard(SHARD), "good again");
            assertThat(members(admin)).containsExactly("n1", "n2");
            assertEqualDigests(admin, last, "n1", "n2");

            // it comes back after all
            admin.addPeer(SHARD, nodes.start("n3"), true);
            assertEqualDigests(admin, commit(client.shard(SHARD), "with three"), "n1", "n2", "n3");
        }
    }

    @Test
    void whoAnswersIsAskedAlsoWhereItWasGivenUpAndStaysAMember() throws IOException {
        poisoned.addAll(List.of("n1", "n2", "n3"));
        try (ClusterAdmin admin = nodes.admin();
                QuorateClient client = nodes.client()) {
            Lsn poison = commit(client.shard(SHARD), "good").next();
            client.shard(SHARD).append(Bytes.utf8("poison 1"));
            for (String node : List.of("n1", "n2", "n3")) {
                awaitParkedAt(node, poison);
            }
            admin.skipEntry(SHARD, poison, Set.of(SECOND));
            assertThat(members(admin)).containsExactly("n1", "n2", "n3");
        }
    }

    @Test
    void withoutAMajorityNothingIsSkipped() throws IOException {
        ShardId pair = new ShardId("pair");
        poisoned.addAll(List.of("n1", "n4"));
        try (ClusterAdmin admin = nodes.admin();
                QuorateClient client = nodes.client()) {
            admin.createShard(pair, Ledger.NAME, List.of(new NodeId("n1")), 1);
            admin.addPeer(pair, nodes.start("n4"), true);
            Lsn poison = commit(client.shard(pair), "good").next();
            client.shard(pair).append(Bytes.utf8("poison 1"));
            Awaitility.await("parked").atMost(Nodes.PATIENCE).until(() -> nodes.node("n1")
                    .host()
                    .orElseThrow()
                    .find(pair)
                    .orElseThrow()
                    .status()
                    .health()
                    .orElse("")
                    .contains("failed at entry " + poison + ":"));
            nodes.stop("n4");
            assertRefused(
                    admin, pair, poison, Set.of(new NodeId("n4")), "only 1 of 2 voters are left, which is no majority");
        }
    }
}
