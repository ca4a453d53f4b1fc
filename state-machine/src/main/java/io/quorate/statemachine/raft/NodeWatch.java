package io.quorate.statemachine.raft;

/** Knows of other nodes whether their processes run, by a connection that is kept to each of those that are watched. Thread-safe. */
interface NodeWatch {
    /** From now on a node is watched; may be repeated. */
    void watch(String address);

    /**
     * True if a watched node's port takes no connection now. Silence is no sign: a node that is merely not heard of is not gone. Any
     * other reason why a connection fails counts, also one that is this node's own.
     */
    boolean isGone(String address);
}
