package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.raft.ApplicationCatalog;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.VersionRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The operations that change the metadata: carried out on the metadata shard's leader. Blocking. */
final class ClusterOperations {
    private static final int DEFAULT_REPLICAS = 3;

    private final ClusterId cluster;
    private final MetadataShard metadata;
    private final ApplicationCatalog applications;

    /** @param applications what this node offers; the others of its cluster are taken to offer the same */
    ClusterOperations(ClusterId cluster, MetadataShard metadata, ApplicationCatalog applications) {
        this.applications = applications;
        this.cluster = cluster;
        this.metadata = metadata;
    }

    /**
     * Notes a node: {@code {peer, address, featureLevels}}. An earlier life of the same node's disk is replaced. A build that does
     * not have the cluster's feature level, which is that of the metadata shard's log, is refused.
     */
    JsonNode registerNode(JsonNode arguments) {
        PeerId peer = DescriptorJson.parse(() -> PeerId.parse(DescriptorJson.text(arguments, "peer")));
        String address = DescriptorJson.parse(() -> Peer.checkAddress(DescriptorJson.text(arguments, "address")));
        VersionRange levels = DescriptorJson.parse(() -> DescriptorJson.readRange(arguments.path("featureLevels")));
        if (!levels.contains(metadata.featureLevel())) {
            throw new AdminException(
                    "FEATURE_LEVEL",
                    peer.node() + " has feature levels " + levels + ", the cluster is at " + metadata.featureLevel()
                            + "; start it with a build that has it");
        }
        for (ObjectNode other : metadata.list("node/").values()) {
            boolean sameNode = PeerId.parse(other.path("peer").asText()).node().equals(peer.node());
            if (other.path("address").asText().equals(address) && !sameNode) {
                throw new AdminException(
                        "ADDRESS_IN_USE",
                        "address " + address + " is that of "
                                + other.path("peer").asText());
            }
        }
        String key = "node/" + peer.node();
        metadata.get(key).ifPresent(before -> checkNotTakenOver(before, peer, address));
        ObjectNode document =
                DescriptorJson.object().put("peer", peer.toString()).put("address", address);
        metadata.replace(key, metadata.get(key), Optional.of(document));
        return document;
    }

    /** Begins the metadata of a new cluster with its own shard's descriptor; a no-op if it was begun. */
    JsonNode seed(JsonNode descriptor) {
        ShardDescriptor own = DescriptorJson.readDescriptor(descriptor);
        Set<NodeId> everywhere =
                own.peers().stream().map(peer -> peer.id().node()).collect(Collectors.toSet());
        ShardRecord record = new ShardRecord(own, ShardRecord.State.ACTIVE, everywhere);
        if (metadata.get(record.key()).isEmpty()) {
            metadata.replace(record.key(), Optional.empty(), Optional.of(record.write()));
        }
        String key = "cluster";
        if (metadata.get(key).isEmpty()) {
            ObjectNode document = DescriptorJson.object().put("id", cluster.toString());
            metadata.replace(key, Optional.empty(), Optional.of(document));
        }
        return record.write();
    }

    JsonNode listNodes() {
        ObjectNode answer = DescriptorJson.object();
        answer.putArray("nodes");
        metadata.list("node/").values().forEach(node -> answer.withArray("/nodes")
                .add(node));
        return answer;
    }

    /** A wiped disk comes back at its old address; elsewhere, the name belongs to a member that may well be alive. */
    private void checkNotTakenOver(ObjectNode before, PeerId peer, String address) {
        PeerId earlier = PeerId.parse(before.path("peer").asText());
        String where = before.path("address").asText();
        boolean member = metadata.list("shard/").values().stream()
                .map(ShardRecord::read)
                .filter(record -> record.state() != ShardRecord.State.REMOVED)
                .flatMap(record -> record.descriptor().peers().stream())
                .anyMatch(known -> known.id().equals(earlier));
        if (!earlier.equals(peer) && !where.equals(address) && member) {
            throw new AdminException(
                    "NAME_TAKEN",
                    "the cluster has a node " + peer.node() + " already, " + earlier + " at " + where
                            + ", which is a member of shards; give the one at " + address
                            + " another name and an empty data directory, or take the earlier one out of its shards first");
        }
    }

    /** Creates a shard: {@code {shard, application, nodes?, replicas?}}. Repeating it for one that exists answers with it. */
    JsonNode createShard(JsonNode arguments) {
        ShardId shard = DescriptorJson.parse(() -> new ShardId(DescriptorJson.text(arguments, "shard")));
        String application = DescriptorJson.text(arguments, "application");
        // the oldest that this node still has: a node that was not restarted yet has it, too
        int applyVersion =
                DescriptorJson.parse(() -> applications.create(application)).oldestVersion();
        Optional<ObjectNode> before = metadata.get(ShardRecord.key(shard.value()));
        Optional<ShardRecord> known = before.map(ShardRecord::read);
        if (known.isPresent() && known.get().state() != ShardRecord.State.REMOVED) {
            return repeated(known.get(), application);
        }
        Generation generation =
                known.map(record -> record.descriptor().generation().next()).orElse(Generation.FIRST);
        ShardDescriptor descriptor = DescriptorJson.parse(
                () -> new ShardDescriptor(cluster, shard, generation, application, applyVersion, members(arguments)));
        ShardRecord record = new ShardRecord(descriptor, ShardRecord.State.CREATING, Set.of());
        metadata.replace(record.key(), before, Optional.of(record.write()));
        return record.write();
    }

    private static JsonNode repeated(ShardRecord known, String application) {
        if (known.state() == ShardRecord.State.REMOVING) {
            throw new AdminException(
                    "REMOVING", "shard " + known.descriptor().shard() + " is being removed; wait for it");
        }
        if (!known.descriptor().application().equals(application)) {
            throw new AdminException(
                    "EXISTS",
                    "shard " + known.descriptor().shard() + " exists, with application "
                            + known.descriptor().application());
        }
        return known.write();
    }

    private List<Peer> members(JsonNode arguments) {
        Map<String, ObjectNode> nodes = metadata.list("node/");
        List<String> wanted = new ArrayList<>();
        arguments.path("nodes").forEach(name -> wanted.add("node/" + name.asText()));
        if (wanted.isEmpty()) {
            int replicas = arguments.path("replicas").asInt(DEFAULT_REPLICAS);
            if (replicas > Math.max(DEFAULT_REPLICAS, nodes.size())) {
                throw new AdminException(
                        "TOO_FEW_NODES",
                        replicas + " replicas are wanted, and the cluster has " + nodes.size()
                                + (nodes.size() == 1 ? " node" : " nodes") + "; add nodes, or ask for fewer replicas");
            }
            leastLoaded(nodes).stream().limit(replicas).forEach(wanted::add);
        }
        List<Peer> peers = new ArrayList<>();
        for (String key : wanted) {
            ObjectNode node = nodes.get(key);
            if (node == null) {
                throw new AdminException("UNKNOWN_NODE", "no " + key + " in the cluster; it has " + nodes.keySet());
            }
            PeerId id = PeerId.parse(node.path("peer").asText());
            peers.add(new Peer(id, node.path("address").asText(), Role.VOTER));
        }
        if (peers.isEmpty()) {
            throw new AdminException("NO_NODES", "a shard needs at least one node");
        }
        return peers;
    }

    private List<String> leastLoaded(Map<String, ObjectNode> nodes) {
        Map<String, Integer> load = new HashMap<>();
        for (ObjectNode document : metadata.list("shard/").values()) {
            ShardRecord record = ShardRecord.read(document);
            if (record.state() != ShardRecord.State.REMOVED) {
                record.descriptor()
                        .peers()
                        .forEach(peer -> load.merge("node/" + peer.id().node(), 1, Integer::sum));
            }
        }
        List<String> keys = new ArrayList<>(nodes.keySet());
        keys.sort(java.util.Comparator.comparing((String key) -> load.getOrDefault(key, 0))
                .thenComparing(key -> key));
        return keys;
    }

    /** Removes a shard and its data: {@code {shard}}. Repeating it is a no-op. */
    JsonNode removeShard(JsonNode arguments) {
        String shard = DescriptorJson.text(arguments, "shard");
        if (shard.equals(MetadataShard.ID.value())) {
            throw new AdminException("REFUSED", "the metadata shard cannot be removed");
        }
        ObjectNode before = document(shard);
        ShardRecord record = ShardRecord.read(before);
        if (record.state() == ShardRecord.State.REMOVING || record.state() == ShardRecord.State.REMOVED) {
            return before;
        }
        ObjectNode removing = record.with(ShardRecord.State.REMOVING, Set.of()).write();
        metadata.replace(record.key(), Optional.of(before), Optional.of(removing));
        return removing;
    }

    /**
     * Notes the members of a shard after a change: {@code {shard, generation, peers}}. While the shard is being removed none is struck
     * off: all of them have something to delete.
     */
    JsonNode noteMembers(JsonNode arguments) {
        String shard = DescriptorJson.text(arguments, "shard");
        ObjectNode before = document(shard);
        ShardRecord record = ShardRecord.read(before);
        Generation generation = DescriptorJson.parse(
                () -> new Generation(arguments.path("generation").asLong()));
        if (record.state() == ShardRecord.State.REMOVED
                || !record.descriptor().generation().equals(generation)) {
            throw new AdminException(
                    "UNKNOWN_SHARD",
                    "generation " + generation + " of shard '" + shard + "' is over, or was never created");
        }
        if (record.state() == ShardRecord.State.CREATING) {
            throw new AdminException("BEHIND", "shard '" + shard + "' is being created; its members are noted then");
        }
        List<Peer> peers = new ArrayList<>();
        arguments.path("peers").forEach(peer -> peers.add(DescriptorJson.readPeer(peer)));
        ObjectNode update = record.withMembers(peers).write();
        metadata.replace(record.key(), Optional.of(before), Optional.of(update));
        return update;
    }

    private ObjectNode document(String shard) {
        return metadata.get(ShardRecord.key(shard))
                .orElseThrow(() -> new AdminException("UNKNOWN_SHARD", "no shard '" + shard + "' in the cluster"));
    }

    JsonNode listShards() {
        ObjectNode answer = DescriptorJson.object();
        answer.putArray("shards");
        metadata.list("shard/").values().forEach(shard -> {
            if (!shard.path("state").asText().equals(ShardRecord.State.REMOVED.name())) {
                answer.withArray("/shards").add(shard);
            }
        });
        return answer;
    }
}
