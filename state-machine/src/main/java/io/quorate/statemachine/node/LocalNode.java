package io.quorate.statemachine.node;

import io.quorate.statemachine.identity.NodeIdentity;
import io.quorate.statemachine.raft.RatisShardHost;
import io.quorate.topology.ClusterId;
import java.util.Optional;

/** The node itself, to its operations. */
interface LocalNode {
    NodeIdentity identity();

    /** {@code host:port} at which others find it. */
    String address();

    /** Of this start only: tells it from another process with the same identity. */
    String run();

    /** Name of the error of a node that serves nothing any more. */
    String DISMISSED = "DISMISSED";

    /** Its shards, once it is part of a cluster, and as long as it was not dismissed. */
    Optional<RatisShardHost> host();

    /** Why it serves nothing any more: its cluster removed it, or has another process with its identity. */
    Optional<String> dismissal();

    /**
     * Makes it part of a cluster; a repetition is a no-op.
     *
     * @throws io.quorate.statemachine.service.AdminException {@code DISMISSED} if it was
     */
    void join(ClusterId cluster);

    /** From now on it serves no shard any more. */
    void dismiss(String why);
}
