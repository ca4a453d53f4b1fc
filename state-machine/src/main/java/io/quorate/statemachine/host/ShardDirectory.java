package io.quorate.statemachine.host;

import io.quorate.topology.ShardId;
import java.util.Collection;
import java.util.Optional;

/** The shards that this node serves now. Thread-safe. */
public interface ShardDirectory {
    Optional<HostedShard> find(ShardId shard);

    Collection<HostedShard> all();
}
