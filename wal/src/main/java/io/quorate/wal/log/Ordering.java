package io.quorate.wal.log;

/** What order a replicated log gives. */
public enum Ordering {
    /** One order for all entries of a shard (Raft, Paxos). */
    TOTAL,
    /** An order for the entries of each origin only (gossip). */
    PER_ORIGIN
}
