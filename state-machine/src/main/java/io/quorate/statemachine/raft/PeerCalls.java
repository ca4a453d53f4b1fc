package io.quorate.statemachine.raft;

import io.quorate.topology.Peer;
import io.quorate.wal.log.VersionRange;
import io.quorate.wal.log.VersionSupport;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** What replicas of a group ask one another, outside of Raft's own messages. Futures fail if a peer does not answer in time. */
interface PeerCalls {
    /** Instead of a term: the entry has left the peer's log, behind a durable checkpoint, so it was committed. */
    long PURGED = -2;

    /**
     * State of a peer's Raft log.
     *
     * @param term the peer's current term
     * @param flushedIndex all entries up to it are on the peer's disk
     * @param termAtIndex term of the entry at the index asked for, -1 if the peer has none there yet, {@link #PURGED} if no
     *     more
     */
    record LogState(long term, long flushedIndex, long termAtIndex) {}

    /** Asks for the log state of a peer, at an index; -1 to ask for none. Fails within seconds if there is no answer. */
    CompletableFuture<LogState> logState(Peer peer, UUID group, long index);

    /** Asks the leader for an index such that whoever has applied it may serve a linearizable read that began before. */
    CompletableFuture<Long> readIndex(Peer leader, UUID group);

    /** Asks a member which versions of the log it can apply. */
    CompletableFuture<VersionSupport> versions(Peer peer, UUID group);

    /**
     * Asks a voter whether it has lost the leader of a term, too: false if it has not, or is of another term.
     *
     * @see NodeWatch#isGone
     */
    CompletableFuture<Boolean> leaderGone(Peer peer, UUID group, long term);

    /** Whether a member can be elected, by its code on the wire, which is its ordinal. */
    enum Running {
        /** Was just let in: begins with its leader's next message. */
        STARTING,
        RUNS,
        /** Is closed, or something is wrong with it: will not by itself. */
        WILL_NOT
    }

    /** Asks a member whether it takes part already; one of a build that does not know the question counts as one that does. */
    CompletableFuture<Running> runs(Peer peer, UUID group);

    /** The answer to {@link #versions}: each range as its oldest in the upper and its newest in the lower half of a number. */
    static long[] encode(VersionSupport support) {
        return new long[] {pack(support.featureLevels()), pack(support.applyVersions()), 0};
    }

    private static long pack(VersionRange range) {
        return (long) range.oldest() << 32 | range.newest();
    }

    /** @throws IllegalArgumentException if the numbers are no ranges */
    static VersionSupport decodeVersions(long[] answer) {
        return new VersionSupport(unpack(answer[0]), unpack(answer[1]));
    }

    private static VersionRange unpack(long packed) {
        return new VersionRange((int) (packed >>> 32), (int) packed);
    }
}
