package io.quorate.statemachine.raft;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * How much of a Raft log stays behind a checkpoint: some for readers of the log and for members that were away for a moment, and
 * more while a slower member still lacks it, but never without bound, neither in entries nor in bytes: whoever is behind by more
 * installs a snapshot. Counts from where the replica was opened.
 *
 * <p>What follows a checkpoint that is on its way to another member stays, too, as long as that is no more than the checkpoint and what
 * a slower member gets: else, under load, the member would lack entries again when it has installed it, and install for ever. A member
 * that receives more slowly than the shard is written to would never catch up, whatever is kept.
 *
 * <p>Owned by the thread that applies.
 */
final class KeptLog {
    /** For a member that lacks it, so many times as much is kept. */
    private static final int FOR_SLOWER_MEMBER = 8;

    private static final int MARKS = 64;

    /** @param bytes of all entries up to the index, since opening */
    private record Mark(long index, long bytes) {}

    /**
     * A checkpoint that was sent to another member lately.
     *
     * @param index the last that it holds
     * @param bytes of its files
     */
    record Sent(long index, long bytes) {}

    private final long maxEntries;
    private final long maxBytes;
    /** Oldest first; bounded, since they lie apart in bytes and only the last few of too old ones stay. */
    private final Deque<Mark> marks = new ArrayDeque<>();

    private long lastIndex = -1;
    private long bytes;
    /** By a sent checkpoint's index: the bytes that had been applied when it was seen first. */
    private final Map<Long, Long> sentSince = new HashMap<>();

    /** Never goes back, also not for a member that is new: Ratis would close the group. */
    private long purgeable = -1;

    /**
     * @param maxEntries Raft entries kept for anybody, not negative
     * @param maxBytes of Raft entries kept for anybody, not negative
     */
    KeptLog(long maxEntries, long maxBytes) {
        if (maxEntries < 0 || maxBytes < 0) {
            throw new IllegalArgumentException("keeping " + maxEntries + " entries and " + maxBytes + " bytes");
        }
        this.maxEntries = maxEntries;
        this.maxBytes = maxBytes;
    }

    /** Everything up to a checkpoint may go. */
    static KeptLog nothing() {
        return new KeptLog(0, 0);
    }

    /** The replica begins anew, at the index of a checkpoint. */
    void opened(long index) {
        marks.clear();
        lastIndex = index;
        bytes = 0;
        purgeable = index;
        sentSince.clear();
    }

    /** An entry was applied; indices rise. */
    void applied(long index, long entryBytes) {
        lastIndex = index;
        bytes += entryBytes;
        if (marks.isEmpty() || bytes - marks.peekLast().bytes() >= maxBytes / MARKS) {
            marks.addLast(new Mark(index, bytes));
        }
        while (marks.size() > 1 && bytes - secondBytes() >= FOR_SLOWER_MEMBER * maxBytes) {
            marks.pollFirst();
        }
    }

    private long secondBytes() {
        Mark first = marks.pollFirst();
        long second = marks.peekFirst().bytes();
        marks.addFirst(first);
        return second;
    }

    /**
     * The index up to which the log may go; at or behind any that was returned before, and where the replica was opened.
     *
     * @param checkpoint index that is durable in a checkpoint
     * @param slowest index up to which every member has the log, as far as is known; -1 if nothing is
     * @param sent checkpoints that other members are receiving, or have received a moment ago
     */
    long purgeable(long checkpoint, long slowest, Collection<Sent> sent) {
        long forAnybody = Math.min(slowest, behind(1));
        long upTo = Math.min(checkpoint, Math.max(forAnybody, behind(FOR_SLOWER_MEMBER)));
        purgeable = Math.max(purgeable, Math.min(upTo, held(sent)));
        return purgeable;
    }

    /** The index behind which the log is held for those who receive checkpoints. */
    private long held(Collection<Sent> sent) {
        sentSince.keySet().retainAll(sent.stream().map(Sent::index).toList());
        return sent.stream()
                .filter(one -> bytes - sentSince.computeIfAbsent(one.index(), index -> bytes)
                        <= one.bytes() + FOR_SLOWER_MEMBER * maxBytes)
                .mapToLong(Sent::index)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** The last index with so much behind it, or -1. */
    private long behind(int times) {
        long index = Math.max(-1, lastIndex - times * maxEntries);
        for (Mark mark : marks) {
            if (bytes - mark.bytes() < times * maxBytes) {
                break;
            }
            index = Math.max(index, mark.index());
        }
        return index;
    }
}
