package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.topology.ShardDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Makes a cluster of nodes. Two metadata shards of one cluster would be two clusters that take each other's messages for their own, so
 * the cluster id is a function of the peers that found the metadata shard ({@link #idOf}): a cluster has one set of founders, for ever.
 * Other nodes, or the same with other disks, found another cluster or none; that needs no look at nodes that may be away. Blocking.
 */
final class ClusterFounding {
    private final ClusterCalls calls;
    private final List<String> seeds;
    private final Consumer<String> progress;

    ClusterFounding(ClusterCalls calls, List<String> seeds, Consumer<String> progress) {
        this.calls = calls;
        this.seeds = seeds;
        this.progress = progress;
    }

    /** The cluster whose metadata shard is founded by these peers, in whatever order. */
    static ClusterId idOf(List<Peer> founders) {
        String name =
                founders.stream().map(peer -> peer.id().toString()).sorted().collect(Collectors.joining(" "));
        return new ClusterId(UUID.nameUUIDFromBytes(("quorate " + name).getBytes(StandardCharsets.UTF_8)));
    }

    ClusterId found(int voters) {
        long deadline = calls.deadline();
        Map<String, JsonNode> nodes = new TreeMap<>();
        for (String seed : seeds) {
            nodes.put(
                    seed,
                    calls.eventually(
                            deadline,
                            "node at " + seed,
                            () -> calls.call(seed, "status", ClusterCalls.none(), ClusterCalls.STEP)));
        }
        checkNames(nodes);
        List<Peer> peers = seeds.stream().map(seed -> peerOf(nodes.get(seed))).toList();
        List<Peer> founders = peers.subList(0, Math.min(voters, peers.size()));
        ClusterId cluster = idOf(founders);
        checkClusters(nodes, cluster, founders);
        for (String seed : seeds) {
            calls.call(seed, "cluster.join", ClusterCalls.none().put("cluster", cluster.toString()), ClusterCalls.STEP);
        }
        ShardDescriptor metadata =
                new ShardDescriptor(cluster, MetadataShard.ID, Generation.FIRST, MetadataShard.APPLICATION, founders);
        open(metadata, !isAtWork(nodes, founders), deadline);
        calls.onLeader(MetadataShard.ID, "cluster.seed", DescriptorJson.write(metadata), deadline);
        for (int i = 0; i < peers.size(); i++) {
            calls.register(peers.get(i), nodes.get(seeds.get(i)), deadline);
        }
        return cluster;
    }

    private void open(ShardDescriptor metadata, boolean found, long deadline) {
        for (Peer peer : metadata.peers()) {
            progress.accept("metadata shard on " + peer.id().node());
            calls.eventually(
                    deadline,
                    "metadata shard on " + peer.address(),
                    () -> calls.call(
                            peer.address(), "shard.open", DescriptorJson.opening(metadata, found), ClusterCalls.STEP));
        }
    }

    private static Peer peerOf(JsonNode node) {
        return new Peer(
                PeerId.parse(node.path("peer").asText()), node.path("address").asText(), Role.VOTER);
    }

    private static void checkNames(Map<String, JsonNode> nodes) {
        Map<String, String> names = new TreeMap<>();
        nodes.forEach((seed, node) -> {
            String other = names.put(node.path("node").asText(), seed);
            if (other != null) {
                throw new AdminException(
                        "DUPLICATE_NODE",
                        "the nodes at " + other + " and " + seed
                                + " have the same name; names must be unique in a cluster");
            }
        });
    }

    /** @throws AdminException if a node is part of another cluster than the one that is to be founded; nothing was changed then */
    private static void checkClusters(Map<String, JsonNode> nodes, ClusterId wanted, List<Peer> founders) {
        Map<String, Set<String>> members = new TreeMap<>();
        nodes.values().forEach(node -> {
            String cluster = node.path("cluster").textValue();
            if (cluster != null) {
                members.computeIfAbsent(cluster, unseen -> new TreeSet<>())
                        .add(node.path("peer").asText());
            }
        });
        if (members.size() > 1) {
            throw new AdminException("WRONG_CLUSTER", "these nodes are parts of different clusters: " + members);
        }
        if (!members.isEmpty() && !members.containsKey(wanted.toString())) {
            List<PeerId> ids = founders.stream().map(Peer::id).toList();
            throw new AdminException(
                    "FOUNDED",
                    members.values().iterator().next() + " are part of cluster "
                            + members.keySet().iterator().next() + ", which others have founded than " + ids
                            + ": its metadata shard exists, or is about to, elsewhere. To repeat an 'init', name the same"
                            + " nodes first, with the same number of voters. Nodes that are new, or have lost their disk,"
                            + " become part of that cluster by 'quorate peers add'");
        }
    }

    /**
     * True if a majority has founded the metadata shard already: then its members may be others by now, and whoever comes late joins. As
     * {@link ShardReconciler} does it.
     */
    private static boolean isAtWork(Map<String, JsonNode> nodes, List<Peer> founders) {
        Set<PeerId> first = founders.stream().map(Peer::id).collect(Collectors.toSet());
        for (JsonNode node : nodes.values()) {
            for (JsonNode shard : node.path("shards")) {
                Set<PeerId> now = new TreeSet<>(ids(shard));
                if (shard.path("shard").asText().equals(MetadataShard.ID.value())
                        && (shard.path("leads").asBoolean() || !now.isEmpty() && !now.equals(first))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static List<PeerId> ids(JsonNode shard) {
        List<PeerId> ids = new ArrayList<>();
        ClusterCalls.members(shard).forEach(peer -> ids.add(peer.id()));
        return ids;
    }
}
