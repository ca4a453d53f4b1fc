package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.wal.log.VersionRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The nodes of the cluster, in its metadata: carried out on the metadata shard's leader. Blocking.
 *
 * <p>A node is removed only while no shard has it. Whoever makes it a member writes its document, too, in the same transaction ({@link
 * #joining}); so either that comes first, and the removal sees it or fails on the document, or the removal does, and nobody makes it a
 * member any more.
 */
final class NodeRegistry {
    private final MetadataShard metadata;

    NodeRegistry(MetadataShard metadata) {
        this.metadata = metadata;
    }

    /**
     * Notes a node: {@code {peer, address, featureLevels}}. An earlier life of the same node's disk is replaced, if it was at the same
     * address or removed. A life that was removed is refused, and so is a build that does not have the cluster's feature level, which
     * is that of the metadata shard's log.
     */
    JsonNode register(JsonNode arguments) {
        PeerId peer = DescriptorJson.parse(() -> PeerId.parse(DescriptorJson.text(arguments, "peer")));
        String address = DescriptorJson.parse(() -> Peer.checkAddress(DescriptorJson.text(arguments, "address")));
        VersionRange levels = DescriptorJson.readRange(arguments.path("featureLevels"));
        if (!levels.contains(metadata.featureLevel())) {
            throw new AdminException(
                    "FEATURE_LEVEL",
                    peer.node() + " has feature levels " + levels + ", the cluster is at " + metadata.featureLevel()
                            + "; start it with a build that has it");
        }
        Map<NodeId, ObjectNode> all = documents();
        Optional<ObjectNode> before = Optional.ofNullable(all.get(peer.node()));
        Optional<NodeRecord> known = before.map(NodeRecord::read);
        known.ifPresent(record -> record.checkNotRemoved(peer));
        checkAddressFree(all.values(), peer, address);
        known.filter(NodeRecord::isRegistered).ifPresent(record -> checkNotTakenOver(record, peer, address));
        ObjectNode update = known.map(record -> record.registered(peer, address))
                .orElseGet(() -> NodeRecord.of(peer, address))
                .write();
        metadata.replace(NodeRecord.key(peer.node()), before, Optional.of(update));
        return update;
    }

    private static void checkAddressFree(Collection<ObjectNode> all, PeerId peer, String address) {
        for (ObjectNode document : all) {
            NodeRecord other = NodeRecord.read(document);
            if (other.isRegistered()
                    && other.address().equals(address)
                    && !other.node().equals(peer.node())) {
                throw new AdminException(
                        "ADDRESS_IN_USE",
                        "address " + address + " is that of " + other.peer()
                                + "; if that node is gone for good, remove it first" + " with 'quorate nodes remove "
                                + other.node() + "'");
            }
        }
    }

    /** A wiped disk comes back at its old address; elsewhere, the name belongs to a node that may well be alive. */
    private static void checkNotTakenOver(NodeRecord known, PeerId peer, String address) {
        if (!known.peer().equals(peer) && !known.address().equals(address)) {
            throw new AdminException(
                    "NAME_TAKEN",
                    "the cluster has a node " + peer.node() + " already, " + known.peer() + " at " + known.address()
                            + "; give the one at " + address
                            + " another name and an empty data directory. If the other one is"
                            + " gone for good, remove it first with 'quorate nodes remove " + peer.node() + "'");
        }
    }

    private Map<NodeId, ObjectNode> documents() {
        Map<NodeId, ObjectNode> documents = new TreeMap<>();
        metadata.list(NodeRecord.PREFIX)
                .values()
                .forEach(document -> documents.put(NodeRecord.read(document).node(), document));
        return documents;
    }

    /** Nodes that are part of the cluster, by name. */
    Map<NodeId, NodeRecord> registered() {
        Map<NodeId, NodeRecord> registered = new TreeMap<>();
        documents().forEach((node, document) -> {
            NodeRecord record = NodeRecord.read(document);
            if (record.isRegistered()) {
                registered.put(node, record);
            }
        });
        return registered;
    }

    JsonNode list() {
        ObjectNode answer = DescriptorJson.object();
        answer.putArray("nodes");
        registered().values().forEach(node -> answer.withArray("/nodes").add(node.write()));
        return answer;
    }

    /**
     * Changes to be made together with the one that makes these peers members of a shard.
     *
     * @throws AdminException {@code REMOVED_NODE} if one of them was removed from the cluster
     */
    List<MetadataShard.Change> joining(Collection<Peer> peers) {
        List<MetadataShard.Change> changes = new ArrayList<>();
        for (Peer peer : peers) {
            String key = NodeRecord.key(peer.id().node());
            Optional<ObjectNode> document = metadata.get(key);
            if (document.isPresent()) {
                NodeRecord record = NodeRecord.read(document.get());
                record.checkNotRemoved(peer.id());
                changes.add(new MetadataShard.Change(
                        key, document, Optional.of(record.joins().write())));
            }
        }
        return changes;
    }

    /**
     * Removes a node: {@code {node, peer?, dryRun?}}, with the life of its disk that is meant. Answers with its record; repeating it is
     * a no-op.
     */
    JsonNode remove(JsonNode arguments) {
        NodeId node = DescriptorJson.parse(() -> new NodeId(DescriptorJson.text(arguments, "node")));
        ObjectNode before = metadata.get(NodeRecord.key(node))
                .orElseThrow(() -> new AdminException(
                        "UNKNOWN_NODE",
                        "the cluster has no node " + node + "; it has "
                                + registered().keySet()));
        NodeRecord known = NodeRecord.read(before);
        String meant = arguments.path("peer").asText(known.peer().toString());
        if (known.removed().contains(DescriptorJson.parse(() -> PeerId.parse(meant)))) {
            return before;
        }
        if (!known.peer().toString().equals(meant)) {
            throw new AdminException(
                    NodeOperations.EARLIER_LIFE,
                    "node " + node + " is " + known.peer() + " by now, not " + meant + "; look again");
        }
        checkInNoShard(node);
        if (arguments.path("dryRun").asBoolean()) {
            return before;
        }
        ObjectNode removed = known.remove().write();
        metadata.replace(NodeRecord.key(node), Optional.of(before), Optional.of(removed));
        return removed;
    }

    /** What is being removed needs nobody who is gone: see {@link ShardReconciler}. */
    private void checkInNoShard(NodeId node) {
        List<String> remedies = new ArrayList<>();
        List<String> shards = new ArrayList<>();
        for (ObjectNode document : metadata.list(ShardRecord.PREFIX).values()) {
            ShardRecord record = ShardRecord.read(document);
            String shard = record.descriptor().shard().value();
            boolean member = record.descriptor().peers().stream()
                    .anyMatch(peer -> peer.id().node().equals(node));
            if (member && record.state() == ShardRecord.State.ACTIVE) {
                shards.add(shard);
                remedies.add("'quorate peers remove " + shard + " " + node + "'");
            } else if (member && record.state() == ShardRecord.State.CREATING) {
                shards.add(shard);
                remedies.add("'quorate shards remove " + shard + "', which is being created");
            }
        }
        if (!shards.isEmpty()) {
            throw stillMember(node, shards, remedies);
        }
    }

    static AdminException stillMember(NodeId node, List<String> shards, List<String> remedies) {
        return new AdminException(
                "STILL_MEMBER",
                "node " + node + " is a member of " + (shards.size() == 1 ? "shard " : "shards ")
                        + String.join(", ", shards) + "; take it out first: " + String.join(", ", remedies));
    }

    /**
     * {@code {peer}}: answers with the {@code cluster}, with {@code removed}, a text, if that life of a node was, and with the {@code
     * address} at which it is registered, if it is.
     */
    JsonNode standing(JsonNode arguments) {
        PeerId peer = DescriptorJson.parse(() -> PeerId.parse(DescriptorJson.text(arguments, "peer")));
        ObjectNode answer =
                DescriptorJson.object().put("cluster", metadata.cluster().toString());
        Optional<NodeRecord> known = metadata.get(NodeRecord.key(peer.node())).map(NodeRecord::read);
        known.filter(record -> record.removed().contains(peer))
                .ifPresent(record -> answer.put("removed", NodeRecord.textOfRemoved(peer)));
        known.filter(record -> record.isRegistered() && record.peer().equals(peer))
                .ifPresent(record -> answer.put("address", record.address()));
        return answer;
    }
}
