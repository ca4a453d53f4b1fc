package io.quorate.statemachine.raft.sync;

import org.apache.ratis.protocol.RaftGroupId;

/** Told once per group and start that Raft state could not be made durable. */
@FunctionalInterface
public interface SyncFailureListener {
    /**
     * Fail the shard's readiness and have its division closed by another thread: the caller may hold the division's lock. Must not
     * block or throw.
     *
     * @param failure a {@link MustReopenException} says that nothing is wrong with the disk: the group may be opened again at once
     */
    void syncFailed(RaftGroupId groupId, SyncFailedException failure);
}
