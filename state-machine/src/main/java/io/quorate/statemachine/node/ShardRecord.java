package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardDescriptor;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A shard in the metadata: what it is, how far its creation or removal has come, and on which nodes.
 *
 * @param descriptor the shard; its peers are the members known to the metadata
 * @param state how far it has come
 * @param done nodes that have done the step at hand: opened it, or removed it
 */
record ShardRecord(ShardDescriptor descriptor, State state, Set<NodeId> done) {
    /** Life of a shard in the metadata. */
    enum State {
        CREATING,
        ACTIVE,
        REMOVING,
        /** Kept for its generation, so that a shard of the same name begins another life. */
        REMOVED
    }

    ShardRecord {
        done = Set.copyOf(done);
    }

    static final String PREFIX = "shard/";

    static String key(String shard) {
        return PREFIX + shard;
    }

    String key() {
        return key(descriptor.shard().value());
    }

    ShardRecord with(State newState, Set<NodeId> newDone) {
        return new ShardRecord(descriptor, newState, newDone);
    }

    /**
     * The same with the members of the shard's own configuration. Who is new among them serves it already. While it is being removed
     * members are only added: all have something to delete.
     */
    ShardRecord withMembers(Collection<Peer> members) {
        Map<NodeId, Peer> now = new TreeMap<>();
        if (state == State.REMOVING) {
            descriptor.peers().forEach(peer -> now.put(peer.id().node(), peer));
        }
        members.forEach(peer -> now.put(peer.id().node(), peer));
        Set<NodeId> newDone = new TreeSet<>(done);
        if (state == State.ACTIVE) {
            Set<NodeId> known = nodes();
            now.keySet().stream().filter(node -> !known.contains(node)).forEach(newDone::add);
        }
        return new ShardRecord(descriptor.withPeers(List.copyOf(now.values())), state, newDone);
    }

    private Set<NodeId> nodes() {
        return descriptor.peers().stream().map(peer -> peer.id().node()).collect(Collectors.toSet());
    }

    /** True once the step at hand is done on all members. */
    boolean isDoneEverywhere() {
        return done.containsAll(nodes());
    }

    /** Members on which the step at hand is done. */
    int membersDone() {
        Set<NodeId> counted = nodes();
        counted.retainAll(done);
        return counted.size();
    }

    ObjectNode write() {
        ObjectNode node = DescriptorJson.object();
        node.put("state", state.name());
        node.putArray("done");
        new TreeSet<>(done).forEach(name -> node.withArray("/done").add(name.value()));
        node.set("descriptor", DescriptorJson.write(descriptor));
        return node;
    }

    static ShardRecord read(ObjectNode node) {
        return DescriptorJson.parse(() -> {
            Set<NodeId> done = new TreeSet<>();
            node.path("done").forEach(name -> done.add(new NodeId(name.asText())));
            return new ShardRecord(
                    DescriptorJson.readDescriptor(node.path("descriptor")),
                    State.valueOf(DescriptorJson.text(node, "state")),
                    done);
        });
    }
}
