package io.quorate.wal.log;

import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Changes a shard's members; every call may be repeated with the same arguments. Futures fail with {@link
 * MembershipException}, which says what is wrong and what to do.
 */
public interface Membership {
    /** Adds the peer in its role, or changes the role of a member; completes when the new configuration is committed. */
    CompletableFuture<Void> put(Peer peer, Duration timeout);

    /** Removes a member; refused if it is the last voter. Completes when the new configuration is committed. */
    CompletableFuture<Void> remove(PeerId peer, Duration timeout);

    /** Hands leadership to a voter; completes when that one leads. */
    CompletableFuture<Void> transferLeadership(PeerId target, Duration timeout);
}
