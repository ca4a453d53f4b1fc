package io.quorate.statemachine.wire;

import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import java.util.Objects;

/**
 * Where a shard's leader is, as far as the answering node knows.
 *
 * @param epoch term or ballot that the node knows of; a hint of a higher one is newer
 * @param peer the leader
 * @param address {@code host:port} of its node
 */
public record LeaderHint(long epoch, PeerId peer, String address) {
    public LeaderHint {
        Objects.requireNonNull(peer, "peer");
        Peer.checkAddress(address);
    }
}
