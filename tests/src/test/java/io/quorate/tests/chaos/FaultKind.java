package io.quorate.tests.chaos;

/** What may be done to a cluster. */
enum FaultKind {
    /** A node is killed with -9 and started again after a while. */
    KILL,
    /** A node is stopped by a signal and goes on after a while, with its connections. */
    PAUSE,
    /** A node, or all nodes, or one pair, hear nothing of one another. */
    PARTITION,
    /** Nothing that a node sends reaches another, or all others; or nothing that they send reaches it. */
    ONE_WAY,
    /** Leadership of a shard is handed to a drawn node. */
    TRANSFER
}
