package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.LogStatus;
import io.quorate.wal.log.LogVersions;
import io.quorate.wal.log.VersionRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The JSON forms of what operators and nodes say to one another. */
final class DescriptorJson {
    private DescriptorJson() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ObjectNode write(ShardDescriptor descriptor) {
        ObjectNode node = object();
        node.put("cluster", descriptor.cluster().toString());
        node.put("shard", descriptor.shard().value());
        node.put("generation", descriptor.generation().value());
        node.put("application", descriptor.application());
        node.put("applyVersion", descriptor.applyVersion());
        node.putArray("peers");
        descriptor.peers().forEach(peer -> node.withArray("/peers").add(write(peer)));
        return node;
    }

    /**
     * Arguments of {@code shard.open}.
     *
     * @param found true only while the shard is being created; see {@link io.quorate.statemachine.raft.RatisShardHost#found}
     */
    static ObjectNode opening(ShardDescriptor descriptor, boolean found) {
        return write(descriptor).put("found", found);
    }

    static ObjectNode write(Peer peer) {
        return object().put("id", peer.id().toString())
                .put("address", peer.address())
                .put("role", peer.role().name());
    }

    static ShardDescriptor readDescriptor(JsonNode node) {
        List<Peer> peers = new ArrayList<>();
        node.path("peers").forEach(peer -> peers.add(readPeer(peer)));
        return parse(() -> new ShardDescriptor(
                ClusterId.parse(text(node, "cluster")),
                new ShardId(text(node, "shard")),
                new Generation(node.path("generation").asLong()),
                text(node, "application"),
                node.path("applyVersion").asInt(1),
                peers));
    }

    static Peer readPeer(JsonNode node) {
        return parse(() ->
                new Peer(PeerId.parse(text(node, "id")), text(node, "address"), Role.valueOf(text(node, "role"))));
    }

    static ObjectNode write(ShardDescriptor descriptor, LogStatus status) {
        ObjectNode node = object();
        node.put("shard", descriptor.shard().value());
        node.put("application", descriptor.application());
        node.put("generation", descriptor.generation().value());
        node.set("descriptor", write(descriptor));
        node.put("self", status.self().toString());
        node.put("leader", status.leader().map(PeerId::toString).orElse(null));
        node.put("leads", status.leads());
        node.put("epoch", status.epoch());
        node.put("appliedLsn", status.applied().value());
        node.put("appliedIndex", status.appliedIndex());
        node.put("committedIndex", status.committedIndex());
        node.set("versions", write(status.versions()));
        node.put("problem", status.health().orElse(null));
        node.putArray("peers");
        status.peers().forEach(peer -> node.withArray("/peers").add(write(peer)));
        return node;
    }

    static ObjectNode write(LogVersions versions) {
        return object().put("featureLevel", versions.featureLevel()).put("applyVersion", versions.applyVersion());
    }

    static ObjectNode write(VersionRange range) {
        return object().put("oldest", range.oldest()).put("newest", range.newest());
    }

    static VersionRange readRange(JsonNode node) {
        return parse(() -> new VersionRange(version(node, "oldest"), version(node, "newest")));
    }

    private static int version(JsonNode node, String field) {
        JsonNode version = node.path(field);
        if (!version.isIntegralNumber() || !version.canConvertToInt()) {
            throw new AdminException("INVALID", "field '" + field + "' is missing or no version: " + version);
        }
        return version.intValue();
    }

    /** A text that must be there. */
    static String text(JsonNode node, String field) {
        return Optional.ofNullable(node.get(field))
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText)
                .orElseThrow(() -> new AdminException("INVALID", "field '" + field + "' is missing or no text"));
    }

    /** Runs what refuses bad values, and names the refusal. */
    static <T> T parse(java.util.function.Supplier<T> reader) {
        try {
            return reader.get();
        } catch (IllegalArgumentException e) {
            throw new AdminException("INVALID", e.getMessage(), e);
        }
    }
}
