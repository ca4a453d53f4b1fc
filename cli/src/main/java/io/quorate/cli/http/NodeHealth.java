package io.quorate.cli.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.topology.NodeId;
import io.quorate.topology.PeerId;
import io.quorate.wal.log.LogStatus;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a node is.
 *
 * @param node its name
 * @param peer in this life of its disk; empty while it is starting
 * @param phase where it is in its life
 * @param shards what it serves, by name
 * @param unreadable shards that could not even be asked, and why
 */
public record NodeHealth(
        NodeId node, Optional<PeerId> peer, NodePhase phase, List<ShardHealth> shards, Map<String, String> unreadable) {
    public NodeHealth {
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(peer, "peer");
        Objects.requireNonNull(phase, "phase");
        shards = List.copyOf(shards);
        unreadable = new TreeMap<>(unreadable);
    }

    /** Whether nobody has to do anything. */
    public boolean healthy() {
        return unreadable.isEmpty() && shards.stream().allMatch(ShardHealth::healthy);
    }

    /** Whether it should get traffic. */
    public boolean ready() {
        return phase == NodePhase.SERVING
                && unreadable.isEmpty()
                && shards.stream().allMatch(ShardHealth::ready);
    }

    /** One JSON object; field names are stable. */
    public String toJson() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("node", node.value())
                .put("incarnation", peer.map(p -> p.incarnation().toString()).orElse(""))
                .put("phase", phase.toString())
                .put("healthy", healthy())
                .put("ready", ready());
        ArrayNode list = root.putArray("shards");
        shards.forEach(shard -> describe(list.addObject(), shard));
        unreadable.forEach((shard, reason) -> list.addObject()
                .put("shard", shard)
                .put("healthy", false)
                .put("ready", false)
                .putArray("problems")
                .add(reason));
        return root.toString();
    }

    private static void describe(ObjectNode json, ShardHealth shard) {
        LogStatus status = shard.status();
        json.put("shard", shard.shard())
                .put("healthy", shard.healthy())
                .put("ready", shard.ready())
                .put("role", ShardHealth.role(status))
                .put("leader", status.leader().map(PeerId::toString).orElse(""))
                .put("epoch", status.epoch())
                .put("appliedLsn", status.applied().value())
                .put("appliedIndex", status.appliedIndex())
                .put("committedIndex", status.committedIndex())
                .put("lagEntries", ShardHealth.lag(status));
        ArrayNode problems = json.putArray("problems");
        shard.problems().forEach(problems::add);
    }
}
