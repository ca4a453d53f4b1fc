package io.quorate.statemachine.raft.sync;

import java.io.IOException;
import java.util.Optional;
import org.apache.ratis.server.protocol.TermIndex;

/** What {@link GroupSync} must know of its group's Raft log before this peer says or does something that rests on it. */
public interface GroupLog {
    /** Last index that is on this node's disk; -1 if nobody can tell now. */
    long flushIndex();

    /** The last entry that this peer has, in its log or behind a checkpoint; empty if it has none. */
    Optional<TermIndex> lastEntry();

    /** Waits, not for ever, until no truncation of the log is under way; false if it gave up. */
    boolean awaitTruncations();

    /**
     * True if this peer is about to lead and its log was cut since it noted from where on each follower needs entries: it would send that
     * follower nothing, as it has nothing from there on, and never become ready.
     */
    boolean endsBeforeWhatFollowersNeed();

    /** Lets nothing more into the log, for as long as the group is open. */
    void close() throws IOException;
}
