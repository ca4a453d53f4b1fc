package io.quorate.topology;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * What a shard is: identity, the application that its entries are applied by, and its members at creation. The members in
 * force afterwards are those of the shard's own consensus group.
 *
 * @param cluster cluster it belongs to
 * @param shard its name
 * @param generation its life
 * @param application name of the application, for example {@code kv}
 * @param applyVersion version of the application's apply function that its log begins with, from 1
 * @param peers members at creation, at least one of them with a vote; no node twice
 */
public record ShardDescriptor(
        ClusterId cluster,
        ShardId shard,
        Generation generation,
        String application,
        int applyVersion,
        List<Peer> peers) {
    public ShardDescriptor {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(shard, "shard");
        Objects.requireNonNull(generation, "generation");
        Names.check("application", application);
        if (applyVersion < 1) {
            throw new IllegalArgumentException("shard " + shard + " with apply version " + applyVersion);
        }
        peers = List.copyOf(peers);
        Set<NodeId> nodes = new HashSet<>();
        for (Peer peer : peers) {
            if (!nodes.add(peer.id().node())) {
                throw new IllegalArgumentException("node " + peer.id().node() + " is twice in shard " + shard);
            }
        }
        if (peers.stream().noneMatch(peer -> peer.role().votes())) {
            throw new IllegalArgumentException("shard " + shard + " has no voter among its " + peers.size() + " peers");
        }
    }

    /** A shard whose log begins with apply version 1. */
    public ShardDescriptor(
            ClusterId cluster, ShardId shard, Generation generation, String application, List<Peer> peers) {
        this(cluster, shard, generation, application, 1, peers);
    }

    /** The same shard with other peers. */
    public ShardDescriptor withPeers(List<Peer> others) {
        return new ShardDescriptor(cluster, shard, generation, application, applyVersion, others);
    }

    /**
     * Id of the consensus group: a function of cluster, shard and generation, so that two lives of a shard, or shards of
     * equal name in two clusters, never share a group.
     */
    public UUID groupId() {
        return groupId(cluster, shard, generation);
    }

    /** See {@link #groupId()}. */
    public static UUID groupId(ClusterId cluster, ShardId shard, Generation generation) {
        String name = cluster + "/" + shard + "/" + generation;
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    /** Those of the first members that vote, in their order. */
    public List<Peer> voters() {
        return peers.stream().filter(p -> p.role().votes()).toList();
    }
}
