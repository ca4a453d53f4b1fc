package io.quorate.statemachine.identity;

import io.quorate.topology.ClusterId;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.PeerId;
import java.util.Objects;
import java.util.Optional;

/**
 * Who a data directory belongs to.
 *
 * @param node the node it was formatted for
 * @param incarnation drawn when it was formatted
 * @param cluster absent until the node has become part of a cluster; never changes afterwards
 */
public record NodeIdentity(NodeId node, Incarnation incarnation, Optional<ClusterId> cluster) {
    public NodeIdentity {
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(incarnation, "incarnation");
        Objects.requireNonNull(cluster, "cluster");
    }

    /** The node as a member of consensus groups. */
    public PeerId peer() {
        return new PeerId(node, incarnation);
    }

    NodeIdentity in(ClusterId joined) {
        return new NodeIdentity(node, incarnation, Optional.of(joined));
    }
}
