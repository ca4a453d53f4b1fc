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
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The operations that change the metadata of shards: carried out on the metadata shard's leader. Blocking. */
final class ClusterOperations {
    private static final int DEFAULT_REPLICAS = 3;

    private final ClusterId cluster;
    private final MetadataShard metadata;
    private final NodeRegistry nodes;
    private final ApplicationCatalog applications;

    /** @param applications what this node offers; the others of its cluster are taken to offer the same */
    ClusterOperations(MetadataShard metadata, ApplicationCatalog applications) {
        this.applications = applications;
        this.cluster = metadata.cluster();
        this.metadata = metadata;
        this.nodes = new NodeRegistry(metadata);
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
        changeWith(descriptor.peers(), record.key(), before, record.write());
        return record.write();
    }

    /** A change of a shard by which these become members; fails if one of them is removed from the cluster meanwhile. */
    private void changeWith(Collection<Peer> joining, String key, Optional<ObjectNode> before, ObjectNode update) {
        List<MetadataShard.Change> changes = new ArrayList<>();
        changes.add(new MetadataShard.Change(key, before, Optional.of(update)));
        changes.addAll(nodes.joining(joining));
        metadata.replaceAll(changes);
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
        Map<NodeId, NodeRecord> known = nodes.registered();
        List<NodeId> wanted = new ArrayList<>();
        arguments.path("nodes").forEach(name -> wanted.add(new NodeId(name.asText())));
        if (wanted.isEmpty()) {
            int replicas = arguments.path("replicas").asInt(DEFAULT_REPLICAS);
            if (replicas > Math.max(DEFAULT_REPLICAS, known.size())) {
                throw new AdminException(
                        "TOO_FEW_NODES",
                        replicas + " replicas are wanted, and the cluster has " + known.size()
                                + (known.size() == 1 ? " node" : " nodes") + "; add nodes, or ask for fewer replicas");
            }
            leastLoaded(known.keySet()).stream().limit(replicas).forEach(wanted::add);
        }
        List<Peer> peers = new ArrayList<>();
        for (NodeId name : wanted) {
            NodeRecord node = known.get(name);
            if (node == null) {
                throw new AdminException(
                        "UNKNOWN_NODE", "no node " + name + " in the cluster; it has " + known.keySet());
            }
            peers.add(new Peer(node.peer(), node.address(), Role.VOTER));
        }
        if (peers.isEmpty()) {
            throw new AdminException("NO_NODES", "a shard needs at least one node");
        }
        return peers;
    }

    private List<NodeId> leastLoaded(Collection<NodeId> nodes) {
        Map<NodeId, Integer> load = new HashMap<>();
        for (ObjectNode document : metadata.list(ShardRecord.PREFIX).values()) {
            ShardRecord record = ShardRecord.read(document);
            if (record.state() != ShardRecord.State.REMOVED) {
                record.descriptor().peers().forEach(peer -> load.merge(peer.id().node(), 1, Integer::sum));
            }
        }
        List<NodeId> order = new ArrayList<>(nodes);
        order.sort(Comparator.comparing((NodeId node) -> load.getOrDefault(node, 0))
                .thenComparing(node -> node));
        return order;
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
        try {
            changeWith(joining(record, peers), record.key(), Optional.of(before), update);
        } catch (AdminException e) {
            throw e.error().equals(NodeRecord.REMOVED_NODE) ? memberOfNoCluster(shard, e) : e;
        }
        return update;
    }

    /** Who is to be noted as a member and was none; nobody joins a shard that is being removed. */
    private static List<Peer> joining(ShardRecord record, List<Peer> peers) {
        Set<PeerId> before = record.descriptor().peers().stream().map(Peer::id).collect(Collectors.toSet());
        return record.state() == ShardRecord.State.REMOVING
                ? List.of()
                : peers.stream().filter(peer -> !before.contains(peer.id())).toList();
    }

    private static AdminException memberOfNoCluster(String shard, AdminException removed) {
        return new AdminException(
                removed.error(),
                "shard '" + shard
                        + "' has a member that the cluster does not have: take that out of the shard again with"
                        + " 'quorate peers remove " + shard + " NODE'. " + removed.getMessage(),
                removed);
    }

    private ObjectNode document(String shard) {
        return metadata.get(ShardRecord.key(shard))
                .orElseThrow(() -> new AdminException("UNKNOWN_SHARD", "no shard '" + shard + "' in the cluster"));
    }

    JsonNode listShards() {
        ObjectNode answer = DescriptorJson.object();
        answer.putArray("shards");
        metadata.list(ShardRecord.PREFIX).values().forEach(shard -> {
            if (!shard.path("state").asText().equals(ShardRecord.State.REMOVED.name())) {
                answer.withArray("/shards").add(shard);
            }
        });
        return answer;
    }
}
