package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import java.util.Set;
import java.util.TreeSet;

/**
 * A node in the metadata. Its document stays when it is removed, for the lives of its disk that are over.
 *
 * @param peer the node in the present life of its disk, or the last one
 * @param address where it listens, or did
 * @param state whether it is part of the cluster
 * @param joined how often it was made a member of a shard: who looked before that happened sees that the document changed
 * @param removed lives of its disk that were removed from the cluster: none of them comes back
 */
record NodeRecord(PeerId peer, String address, State state, long joined, Set<PeerId> removed) {
    /** Life of a node in the metadata. */
    enum State {
        REGISTERED,
        REMOVED
    }

    static final String PREFIX = "node/";

    /** Name of the error where somebody is meant who was removed from the cluster. */
    static final String REMOVED_NODE = "REMOVED_NODE";

    NodeRecord {
        Peer.checkAddress(address);
        removed = Set.copyOf(removed);
        if (joined < 0) {
            throw new IllegalArgumentException("joined < 0: " + joined);
        }
        if (removed.contains(peer) != (state == State.REMOVED)) {
            throw new IllegalArgumentException(peer + " is " + state + ", and these are removed: " + removed);
        }
    }

    /** A node that is new. */
    static NodeRecord of(PeerId peer, String address) {
        return new NodeRecord(peer, address, State.REGISTERED, 0, Set.of());
    }

    static String key(NodeId node) {
        return PREFIX + node;
    }

    NodeId node() {
        return peer.node();
    }

    boolean isRegistered() {
        return state == State.REGISTERED;
    }

    /**
     * The same node at another address, or after it came back with another disk.
     *
     * @throws AdminException if that life of its disk was removed
     */
    NodeRecord registered(PeerId now, String nowAt) {
        checkNotRemoved(now);
        return new NodeRecord(now, nowAt, State.REGISTERED, joined, removed);
    }

    /** The same, a member of one more shard. */
    NodeRecord joins() {
        return new NodeRecord(peer, address, state, joined + 1, removed);
    }

    NodeRecord remove() {
        Set<PeerId> all = new TreeSet<>(removed);
        all.add(peer);
        return new NodeRecord(peer, address, State.REMOVED, joined, all);
    }

    /** @throws AdminException {@code REMOVED_NODE} if this life of the node's disk was removed from the cluster */
    void checkNotRemoved(PeerId life) {
        if (removed.contains(life)) {
            throw new AdminException(REMOVED_NODE, textOfRemoved(life));
        }
    }

    /** What a node that was removed is told, and whoever tries to add it. */
    static String textOfRemoved(PeerId life) {
        return life
                + " was removed from the cluster with 'quorate nodes remove', and this life of its disk does not come back:"
                + " no shard needs what it keeps. To bring the machine back, stop the node, empty its data directory, and start"
                + " it: it is a new peer then, which 'quorate peers add SHARD HOST:PORT' makes a member";
    }

    ObjectNode write() {
        ObjectNode node = DescriptorJson.object();
        node.put("peer", peer.toString());
        node.put("address", address);
        node.put("state", state.name());
        node.put("joined", joined);
        node.putArray("removed");
        new TreeSet<>(removed).forEach(life -> node.withArray("/removed").add(life.toString()));
        return node;
    }

    /** A document without a state is of a build that removed no nodes. */
    static NodeRecord read(JsonNode node) {
        return DescriptorJson.parse(() -> {
            Set<PeerId> removed = new TreeSet<>();
            node.path("removed").forEach(life -> removed.add(PeerId.parse(life.asText())));
            return new NodeRecord(
                    PeerId.parse(node.path("peer").asText()),
                    node.path("address").asText(),
                    State.valueOf(node.path("state").asText(State.REGISTERED.name())),
                    node.path("joined").asLong(),
                    removed);
        });
    }
}
