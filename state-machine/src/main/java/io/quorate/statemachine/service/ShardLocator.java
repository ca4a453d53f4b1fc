package io.quorate.statemachine.service;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.host.ShardDirectory;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Knows where to ask for a shard that this node does not serve. Called by transport threads: must not block. */
@FunctionalInterface
public interface ShardLocator {
    /** Peers that may serve the shard; empty if none is known. */
    List<Peer> peersOf(ShardId shard);

    /** Names all peers of the shards that are served here: somebody to ask next. */
    static ShardLocator neighbours(ShardDirectory shards) {
        return shard -> {
            Map<String, Peer> byAddress = new TreeMap<>();
            for (HostedShard hosted : shards.all()) {
                for (Peer peer : hosted.status().peers()) {
                    byAddress.put(peer.address(), peer);
                }
            }
            return new ArrayList<>(byAddress.values());
        };
    }
}
