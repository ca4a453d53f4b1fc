package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Removes a node from the cluster's metadata, which decides ({@link NodeRegistry#remove}). Before that, what the metadata may not know is
 * looked at: who the leaders have as members, and whether the node is alive. May be repeated after any failure. Blocking.
 */
final class NodeRemoval {
    private static final Duration STEP = ClusterCalls.STEP;

    private final ClusterCalls calls;
    private final Consumer<String> progress;

    NodeRemoval(ClusterCalls calls, Consumer<String> progress) {
        this.calls = calls;
        this.progress = progress;
    }

    /** What the metadata has of the node; refused where it knows of a shard that has it as a member. */
    JsonNode look(NodeId node, long deadline) {
        ObjectNode arguments = ClusterCalls.none().put("node", node.value()).put("dryRun", true);
        return calls.onLeader(MetadataShard.ID, "nodes.remove", arguments, deadline);
    }

    JsonNode remove(NodeId node, long deadline) {
        NodeRecord known = NodeRecord.read(look(node, deadline));
        if (!known.isRegistered()) {
            progress.accept("node " + node + " was removed already");
            return known.write();
        }
        checkNoMember(node, deadline);
        boolean alive = isAliveAndEmpty(known);
        ObjectNode arguments = ClusterCalls.none()
                .put("node", node.value())
                .put("peer", known.peer().toString());
        JsonNode removed = calls.onLeader(MetadataShard.ID, "nodes.remove", arguments, deadline);
        if (alive) {
            tell(known);
        }
        return removed;
    }

    /** A change of members that was broken off may have let it in unknown to the metadata; the leaders know. */
    private void checkNoMember(NodeId node, long deadline) {
        calls.eventually(deadline, "leaders of all shards", () -> {
            JsonNode shards = calls.onLeader(MetadataShard.ID, "shards.list", ClusterCalls.none(), deadline);
            Collection<JsonNode> statuses = calls.everybody().nodes();
            List<String> having = new ArrayList<>();
            for (JsonNode record : shards.path("shards")) {
                String shard = record.path("descriptor").path("shard").asText();
                if (record.path("state").asText().equals(ShardRecord.State.ACTIVE.name())
                        && hasMember(leader(statuses, shard), node)) {
                    having.add(shard);
                }
            }
            if (!having.isEmpty()) {
                List<String> remedies = having.stream()
                        .map(shard -> "'quorate peers remove " + shard + " " + node + "'")
                        .toList();
                throw NodeRegistry.stillMember(node, having, remedies);
            }
            return shards;
        });
    }

    private static JsonNode leader(Collection<JsonNode> statuses, String shard) {
        for (JsonNode status : statuses) {
            for (JsonNode replica : status.path("shards")) {
                if (replica.path("shard").asText().equals(shard)
                        && replica.path("leads").asBoolean()) {
                    return replica;
                }
            }
        }
        throw new AdminException(
                "NO_LEADER",
                "shard " + shard
                        + " has no leader that answers, so nobody can say who its members are; bring it back, or remove"
                        + " it with 'quorate shards remove " + shard + "'");
    }

    private static boolean hasMember(JsonNode leader, NodeId node) {
        return ClusterCalls.members(leader).stream()
                .anyMatch(peer -> peer.id().node().equals(node));
    }

    /** False if it does not answer, or somebody else does at its address. */
    private boolean isAliveAndEmpty(NodeRecord node) {
        Optional<JsonNode> status = status(node);
        if (status.isEmpty()
                || !status.get().path("peer").asText().equals(node.peer().toString())) {
            return false;
        }
        List<String> served = new ArrayList<>();
        status.get()
                .path("shards")
                .forEach(replica -> served.add(replica.path("shard").asText()));
        if (!served.isEmpty()) {
            throw new AdminException(
                    "ALIVE",
                    "node " + node.node() + " is alive at " + node.address() + " and still serves "
                            + String.join(", ", served)
                            + ", of which it is no member any more; have that deleted first, with"
                            + " 'quorate peers remove SHARD " + node.node() + "' for each, or stop the node");
        }
        return true;
    }

    private Optional<JsonNode> status(NodeRecord node) {
        try {
            return Optional.of(calls.call(node.address(), "status", ClusterCalls.none(), STEP));
        } catch (AdminException e) {
            progress.accept("taken for dead: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** It finds out by itself where it has shards; one that has none asks nobody. */
    private void tell(NodeRecord node) {
        try {
            ObjectNode arguments = ClusterCalls.none().put("peer", node.peer().toString());
            calls.call(node.address(), "node.dismiss", arguments, STEP);
            progress.accept("node " + node.node() + " knows that it was removed; it can be stopped");
        } catch (AdminException e) {
            progress.accept("node " + node.node() + " could not be told: " + e.getMessage());
        }
    }
}
