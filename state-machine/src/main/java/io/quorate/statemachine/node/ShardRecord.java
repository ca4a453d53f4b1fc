package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.topology.NodeId;
import io.quorate.topology.ShardDescriptor;
import java.util.Set;
import java.util.TreeSet;

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

    static String key(String shard) {
        return "shard/" + shard;
    }

    String key() {
        return key(descriptor.shard().value());
    }

    ShardRecord with(State newState, Set<NodeId> newDone) {
        return new ShardRecord(descriptor, newState, newDone);
    }

    ShardRecord with(ShardDescriptor newDescriptor) {
        return new ShardRecord(newDescriptor, state, done);
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
        Set<NodeId> done = new TreeSet<>();
        node.path("done").forEach(name -> done.add(new NodeId(name.asText())));
        return new ShardRecord(
                DescriptorJson.readDescriptor(node.path("descriptor")),
                State.valueOf(DescriptorJson.text(node, "state")),
                done);
    }
}
