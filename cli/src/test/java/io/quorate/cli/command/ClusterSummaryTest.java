package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.cli.command.ClusterSummary.State;
import io.quorate.statemachine.node.ClusterLook;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClusterSummaryTest {
    private static final String ID = "c-1";
    private static final String LIFE = ".00000000deadbeef";

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static String address(int node) {
        return "127.0.0.1:700" + node;
    }

    private static ObjectNode up(int node, ObjectNode... replicas) {
        ObjectNode status = object().put("node", "n" + node)
                .put("peer", "n" + node + LIFE)
                .put("address", address(node))
                .put("cluster", ID);
        status.putArray("shards").addAll(List.of(replicas));
        return status;
    }

    private static ObjectNode down(int node) {
        return object().put("address", address(node)).put("error", "node at " + address(node) + ": refused");
    }

    private static JsonNode peers(int... nodes) {
        List<ObjectNode> peers = new ArrayList<>();
        for (int node : nodes) {
            peers.add(object().put("id", "n" + node + LIFE)
                    .put("address", address(node))
                    .put("role", "VOTER"));
        }
        return JsonNodeFactory.instance.arrayNode().addAll(peers);
    }

    /** Of a shard on nodes 1 to 3. */
    private static ObjectNode replica(String shard, int node, int leader) {
        ObjectNode replica = object().put("shard", shard)
                .put("generation", 1)
                .put("self", "n" + node + LIFE)
                .put("leads", node == leader)
                .put("epoch", 1);
        replica.put("leader", leader == 0 ? null : "n" + leader + LIFE);
        replica.put("problem", (String) null);
        replica.set("peers", peers(1, 2, 3));
        return replica;
    }

    private static Optional<JsonNode> registered(int... nodes) {
        List<ObjectNode> list = new ArrayList<>();
        for (int node : nodes) {
            list.add(object().put("peer", "n" + node + LIFE).put("address", address(node)));
        }
        return Optional.of(JsonNodeFactory.instance.arrayNode().addAll(list));
    }

    private static ObjectNode record(String shard, String state, int... nodes) {
        ObjectNode record = object().put("state", state);
        record.putObject("descriptor").put("shard", shard).set("peers", peers(nodes));
        return record;
    }

    private static Optional<JsonNode> shards(ObjectNode... records) {
        return Optional.of(JsonNodeFactory.instance.arrayNode().addAll(List.of(records)));
    }

    private static ClusterSummary of(Optional<JsonNode> registered, Optional<JsonNode> shards, ObjectNode... nodes) {
        return ClusterSummary.of(new ClusterLook(List.of(nodes), registered, shards));
    }

    @Test
    void whereAllAnswerAndAreWellItIsHealthy() {
        ClusterSummary summary = of(
                registered(1, 2, 3),
                shards(record("orders", "ACTIVE", 1, 2, 3)),
                up(1, replica("orders", 1, 2)),
                up(2, replica("orders", 2, 2)),
                up(3, replica("orders", 3, 2)));
        assertThat(summary.text()).isEqualTo("cluster c-1: healthy, 3 of 3 nodes up, 1 of 1 shard healthy");
        assertThat(summary.state().code()).isEqualTo(ExitCode.OK);
    }

    @Test
    void aNodeThatIsDownDegradesAndIsNamedAndSoAreTheShardsThatCouldNotBearAnother() {
        ClusterSummary summary = of(
                registered(1, 2, 3),
                shards(record("orders", "ACTIVE", 1, 2, 3)),
                up(1, replica("orders", 1, 2)),
                up(2, replica("orders", 2, 2)),
                down(3));
        assertThat(summary.text())
                .isEqualTo("cluster c-1: degraded, 2 of 3 nodes up, 0 of 1 shard healthy: n3 does not answer; "
                        + "all shards serve, but not if one more voter is lost: orders");
        assertThat(summary.state().code()).isEqualTo(ExitCode.PARTLY);
        assertThat(summary.names()).containsEntry(address(3), "n3");
    }

    @Test
    void withoutTheMetadataNodesAreNamedByTheShardsThatTheyAreMembersOf() {
        ClusterSummary summary = of(
                Optional.empty(),
                Optional.empty(),
                up(1, replica("orders", 1, 2)),
                up(2, replica("orders", 2, 2)),
                down(3),
                down(9));
        assertThat(summary.problems()).first().isEqualTo("127.0.0.1:7009, n3 do not answer");
        assertThat(summary.nodesKnown()).isEqualTo(4);
    }

    @Test
    void withoutAMajorityItIsDown() {
        ClusterSummary summary =
                of(Optional.empty(), Optional.empty(), up(1, replica("orders", 1, 0)), down(2), down(3));
        assertThat(summary.state()).isEqualTo(State.DOWN);
        assertThat(summary.problems()).containsExactly("n2, n3 do not answer", "orders: " + ShardCondition.NO_LEADER);
        summary = of(Optional.empty(), Optional.empty(), up(1, replica("orders", 1, 1)), down(2), down(3));
        assertThat(summary.state().code()).as("a leader that has not noticed").isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(summary.problems()).contains("orders: " + ShardCondition.NO_MAJORITY);
    }

    @Test
    void aShardOnADeadNodeAloneIsSeenByTheMetadata() {
        ClusterSummary summary = of(
                registered(1, 4),
                shards(record("late", "ACTIVE", 4), record("going", "REMOVING", 4), record("young", "CREATING", 4)),
                up(1),
                down(4));
        assertThat(summary.state()).isEqualTo(State.DOWN);
        assertThat(summary.problems())
                .containsExactly("n4 does not answer", "young: being created", "late: " + ShardCondition.NO_LEADER);
        assertThat(summary.shardsKnown()).isEqualTo(2);
    }

    @Test
    void problemsOfReplicasAreToldAndALeaderWithOneStopsItsShard() {
        ObjectNode ill = replica("orders", 3, 2).put("problem", "disk full");
        ClusterSummary summary = of(
                registered(1, 2, 3),
                shards(record("orders", "ACTIVE", 1, 2, 3)),
                up(1, replica("orders", 1, 2)),
                up(2, replica("orders", 2, 2)),
                up(3, ill));
        assertThat(summary.state()).isEqualTo(State.DEGRADED);
        assertThat(summary.problems()).first().isEqualTo("orders on n3: disk full");
        summary = of(
                registered(1, 2, 3),
                shards(record("orders", "ACTIVE", 1, 2, 3)),
                up(1, replica("orders", 1, 3)),
                up(2, replica("orders", 2, 3)),
                up(3, replica("orders", 3, 3).put("problem", "disk full")));
        assertThat(summary.state()).isEqualTo(State.DOWN);
        assertThat(summary.problems())
                .containsExactly("orders: " + ShardCondition.ILL_LEADER, "orders on n3: disk full");
    }

    @Test
    void aMemberWithoutItsReplicaIsAProblemAndAnEarlierLifeIsNoReplica() {
        ObjectNode former = replica("orders", 3, 3).put("generation", 0);
        ClusterSummary summary = of(
                registered(1, 2, 3),
                shards(record("orders", "ACTIVE", 1, 2, 3)),
                up(1, replica("orders", 1, 2)),
                up(2, replica("orders", 2, 2)),
                up(3, former));
        assertThat(summary.problems()).first().isEqualTo("orders on n3: the node does not have it");
    }

    @Test
    void whoIsInAnotherClusterOrLostItsDiskIsTold() {
        ObjectNode wiped = up(3).put("cluster", (String) null);
        ClusterSummary summary = of(
                registered(1, 3), shards(record("orders", "ACTIVE")), up(1), up(2).put("cluster", "c-2"), wiped, up(1));
        assertThat(summary.problems())
                .contains(
                        "n2 at 127.0.0.1:7002 is part of another cluster, c-2",
                        "n3 at 127.0.0.1:7003 has lost its disk, and is no part of the cluster any more")
                .noneMatch(problem -> problem.contains("does not answer"));
        assertThat(summary.nodesUp()).isEqualTo(1);
    }

    @Test
    void anAddressThatIsNoNodesIsNotCounted() {
        ClusterSummary summary = of(registered(1), shards(), up(1), down(9));
        assertThat(summary.state()).isEqualTo(State.HEALTHY);
        assertThat(summary.nodesKnown()).isEqualTo(1);
    }

    @Test
    void beforeInitAndWhereNobodyAnswersThatIsAllThatIsSaid() {
        assertThat(of(Optional.empty(), Optional.empty(), up(1).put("cluster", (String) null))
                        .text())
                .isEqualTo("not initialised");
        assertThat(of(Optional.empty(), Optional.empty(), down(1)).text()).isEqualTo("down: no node answers");
    }
}
