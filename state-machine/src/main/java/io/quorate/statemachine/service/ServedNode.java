package io.quorate.statemachine.service;

import io.quorate.topology.ClusterId;
import io.quorate.topology.PeerId;
import java.util.Objects;

/**
 * Who serves.
 *
 * @param cluster cluster that the node belongs to; requests for another are rejected
 * @param self the node as a peer
 */
public record ServedNode(ClusterId cluster, PeerId self) {
    public ServedNode {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(self, "self");
    }
}
