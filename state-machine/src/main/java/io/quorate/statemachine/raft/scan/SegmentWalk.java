package io.quorate.statemachine.raft.scan;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * How far the intact entries of a segment go. Pure.
 *
 * @param lastIndex last intact entry in order; start - 1 if there is none
 * @param lastTerm its term, or the term before the segment
 * @param endOffset first byte behind it
 * @param stop what stands there; {@link Frame.End} for a closed segment whose last entry was reached
 */
record SegmentWalk(long lastIndex, long lastTerm, long endOffset, Frame stop) {
    static final byte[] MAGIC = "RaftLog1".getBytes(StandardCharsets.US_ASCII);

    /** Whether a file begins with the magic. */
    static boolean hasMagic(ByteSource bytes) throws IOException {
        return bytes.at(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
    }

    /** Whether this can be a header that was never synced: a part of the magic, and nothing but zeros behind it. */
    static boolean isUnsyncedHeader(ByteSource bytes) throws IOException {
        ByteBuffer head = bytes.at(0, MAGIC.length);
        int matching = 0;
        while (matching < head.remaining() && head.get(matching) == MAGIC[matching]) {
            matching++;
        }
        return matching < MAGIC.length && Zeros.until(bytes, matching, bytes.size()) == bytes.size();
    }

    /**
     * Walks a segment that has its magic.
     *
     * @param previousTerm term of the entry before the segment, 0 if unknown
     * @throws DamageFound for intact entries in the wrong order, and those that Ratis could not read back
     */
    static SegmentWalk of(SegmentName name, ByteSource bytes, long previousTerm, int maxEntryBytes) throws IOException {
        long offset = MAGIC.length;
        long index = name.start() - 1;
        long term = previousTerm;
        while (name.open() || index < name.end()) {
            Frame frame = FrameDecoder.decode(bytes, offset, maxEntryBytes);
            if (!(frame instanceof Frame.Entry entry)) {
                return new SegmentWalk(index, term, offset, frame);
            }
            checkOrder(name, offset, entry, index, term);
            if (entry.length() > maxEntryBytes) {
                throw new DamageFound(new Damage(
                        DamageKind.UNREADABLE_ENTRY,
                        name.file(),
                        offset,
                        "entry " + entry.index() + " is intact, but its " + entry.length()
                                + " bytes in the file are more than"
                                + " Ratis reads back with raft.server.log.appender.buffer.byte-limit = " + maxEntryBytes
                                + "; raise that setting instead of rebuilding"));
            }
            offset += entry.length();
            index = entry.index();
            term = entry.term();
        }
        return new SegmentWalk(index, term, offset, new Frame.End());
    }

    private static void checkOrder(SegmentName name, long offset, Frame.Entry entry, long index, long term) {
        if (entry.index() != index + 1) {
            throw new DamageFound(new Damage(
                    DamageKind.INDEX_OUT_OF_ORDER,
                    name.file(),
                    offset,
                    "entry " + entry.index() + " stands where entry " + (index + 1) + " should"));
        }
        if (entry.term() < term) {
            throw new DamageFound(new Damage(
                    DamageKind.TERM_OUT_OF_ORDER,
                    name.file(),
                    offset,
                    "entry " + entry.index() + " is of term " + entry.term() + ", the one before it of term " + term));
        }
    }
}
