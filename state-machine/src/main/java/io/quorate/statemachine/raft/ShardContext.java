package io.quorate.statemachine.raft;

import io.quorate.topology.ShardDescriptor;
import org.apache.ratis.protocol.RaftGroupId;

/**
 * What the parts of one shard's replica have in common.
 *
 * @param view what Ratis knows of the group
 * @param state what has been applied
 * @param node what the shard shares with the others of its node
 */
record ShardContext(
        ShardDescriptor descriptor,
        RaftView view,
        AppliedState state,
        ReplicaHealth health,
        ShardMetrics metrics,
        RatisShard.Shared node) {

    RaftGroupId group() {
        return RaftGroupId.valueOf(descriptor.groupId());
    }

    /** Why nothing can be asked of it once its group is closed. */
    String closed() {
        return "shard " + descriptor.shard()
                + " is closed on this node: it was removed from it, or is being opened again";
    }
}
