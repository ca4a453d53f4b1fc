package io.quorate.statemachine.raft.sync;

import java.util.Objects;

/**
 * What a peer promised in a group that it left, and whose directory is deleted. Its identity goes on, so if it joins that group again its
 * promises must, too: members that were cut off and do not know that it ever left count its vote. So it begins at the term and vote
 * that it had, and until its log is again as far as it was it neither votes nor leads, as it never would have for a candidate without
 * those entries (Raft, 5.4.1).
 *
 * @param vote the last term and vote
 * @param lastTerm term of the last entry that it had, in its log or behind a checkpoint; 0 if it had none
 * @param lastIndex index of that entry; -1 if it had none
 */
public record PeerMemory(VoteRecord vote, long lastTerm, long lastIndex) {
    /** Of a peer of which nobody knows what it promised: it must not join again. */
    public static final PeerMemory LOST = new PeerMemory(new VoteRecord(0, ""), Long.MAX_VALUE, Long.MAX_VALUE);

    public PeerMemory {
        Objects.requireNonNull(vote, "vote");
        if (lastTerm < 0 || lastIndex < -1) {
            throw new IllegalArgumentException("last entry " + lastIndex + " of term " + lastTerm);
        }
    }

    public boolean isLost() {
        return lastTerm == Long.MAX_VALUE;
    }

    /** What is to be remembered of two stays in the group. */
    public PeerMemory and(PeerMemory other) {
        VoteRecord later = vote.mayFollow(other.vote) ? vote : other.vote;
        PeerMemory longer = isCovered(other.lastTerm, other.lastIndex) ? other : this;
        return new PeerMemory(later, longer.lastTerm, longer.lastIndex);
    }

    /** True if a log that ends with this entry is as far as the one that is remembered. */
    public boolean isCovered(long term, long index) {
        return term > lastTerm || term == lastTerm && index >= lastIndex;
    }
}
