package io.quorate.statemachine.raft;

import org.apache.ratis.protocol.RaftGroupId;

/** A Raft group is asked for something that only an open one knows: it was removed from this node, or is being opened again. */
final class GroupClosedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    GroupClosedException(RaftGroupId group) {
        super("group " + group + " is closed on this node: it was removed from it, or is being opened again");
    }
}
