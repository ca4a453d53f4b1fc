package io.quorate.statemachine.raft.scan;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Looks at every offset behind a broken place for an intact entry that belongs to this log. Pure.
 *
 * <p>A candidate must look like the beginning of an entry (length, term at or above the last, index above the last and no higher
 * than as many of the smallest entries as fit in between) before its checksum is computed, so that the search costs little more
 * than reading. The bytes checksummed are limited all the same, because a client chooses the values in a log: what is crafted to
 * look like very many entries ends the search as undecidable.
 */
final class LaterEntrySearch {
    /** Small against the window of {@link FileBytes}, so that going on behind a candidate does not read again. */
    private static final int PIECE_BYTES = 1 << 16;

    /** Length, term, index: what is looked at before a checksum is computed. */
    private static final int HEAD_BYTES = FrameDecoder.MAX_LENGTH_BYTES + 2 * 11;

    /** No entry is smaller: length, term, index with their tags, and the checksum. */
    private static final int LEAST_FRAME_BYTES = 1 + 2 + 2 + FrameDecoder.CHECKSUM_BYTES;

    private static final int TERM_TAG = 1 << 3;
    private static final int INDEX_TAG = 2 << 3;
    private static final long CHECKSUM_BUDGET_FACTOR = 16;
    private static final long LEAST_CHECKSUM_BUDGET = 1L << 28;

    private final ByteSource bytes;
    private final long brokenAt;
    private final long lastIndex;
    private final long lastTerm;
    private final int maxEntryBytes;
    private long budget;

    /**
     * @param brokenAt where the first frame stands that is not intact
     * @param lastIndex index of the last intact entry before it
     */
    LaterEntrySearch(ByteSource bytes, long brokenAt, long lastIndex, long lastTerm, int maxEntryBytes) {
        this.bytes = bytes;
        this.brokenAt = brokenAt;
        this.lastIndex = lastIndex;
        this.lastTerm = lastTerm;
        this.maxEntryBytes = maxEntryBytes;
        this.budget = Math.max(LEAST_CHECKSUM_BUDGET, CHECKSUM_BUDGET_FACTOR * (bytes.size() - brokenAt));
    }

    /** What was found; an undecidable search names where it gave up. */
    record Found(long offset, String what) {}

    /** @param contentEnd first offset behind the last byte that is not zero */
    Optional<Found> search(long contentEnd) throws IOException {
        long offset = brokenAt + 1;
        while (offset < contentEnd) {
            ByteBuffer piece = bytes.at(offset, PIECE_BYTES + HEAD_BYTES);
            int here = (int) Math.min(PIECE_BYTES, contentEnd - offset);
            int candidate = nextCandidate(piece, offset, here);
            if (candidate < 0) {
                offset += here;
                continue;
            }
            long at = offset + candidate;
            Frame frame = FrameDecoder.decode(bytes, at, maxEntryBytes);
            if (frame instanceof Frame.Entry entry) {
                return Optional.of(new Found(at, "the intact entry " + entry.index() + " of term " + entry.term()));
            }
            if (frame instanceof Frame.BadChecksum bad) {
                budget -= bad.length();
                if (budget < 0) {
                    return Optional.of(new Found(at, "more bytes that look like entries than can be looked at"));
                }
            }
            offset = at + 1;
        }
        return Optional.empty();
    }

    /** Position in the piece of the next offset that looks like an entry of this log; -1 if there is none before {@code end}. */
    private int nextCandidate(ByteBuffer piece, long pieceOffset, int end) {
        for (int i = 0; i < end; i++) {
            if (piece.get(i) != 0 && looksLikeEntry(piece, i, pieceOffset + i)) {
                return i;
            }
        }
        return -1;
    }

    private boolean looksLikeEntry(ByteBuffer piece, int position, long offset) {
        int tag = position + 1;
        while (tag < piece.limit() && tag < position + FrameDecoder.MAX_LENGTH_BYTES && piece.get(tag - 1) < 0) {
            tag++;
        }
        if (tag >= piece.limit() || piece.get(tag) != TERM_TAG) {
            return false;
        }
        ByteBuffer in = piece.duplicate().position(tag + 1);
        long term = readVarint(in);
        if (term < lastTerm || !in.hasRemaining() || in.get() != INDEX_TAG) {
            return false;
        }
        long index = readVarint(in);
        long farthest = lastIndex + 1 + (offset - brokenAt) / LEAST_FRAME_BYTES + 1;
        return index > lastIndex && index <= farthest;
    }

    /** @return -1 if it is cut or above 63 bits */
    private static long readVarint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE - 1 && in.hasRemaining(); shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        return -1;
    }
}
