package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One look at a cluster. API: stable.
 *
 * @param nodes what each node says of itself and of its shards; of one that does not answer its {@code address} and the {@code error}
 * @param registered the nodes of the cluster, as its metadata lists them: {@code peer}, {@code address}; empty where that cannot be
 *     read now
 * @param shards the shards of the cluster, as its metadata lists them: {@code descriptor}, {@code state}; empty where that cannot be
 *     read now
 */
public record ClusterLook(List<JsonNode> nodes, Optional<JsonNode> registered, Optional<JsonNode> shards) {
    public ClusterLook {
        nodes = List.copyOf(nodes);
        Objects.requireNonNull(registered, "registered");
        Objects.requireNonNull(shards, "shards");
    }
}
