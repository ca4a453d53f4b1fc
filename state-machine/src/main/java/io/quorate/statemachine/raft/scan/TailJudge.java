package io.quorate.statemachine.raft.scan;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Decides what stands behind the last intact entry of the open segment: padding, a torn tail that was never synced, or damage of
 * something that was. Pure.
 *
 * <h2>What is known</h2>
 *
 * Entries are appended, in stretches of up to {@code force.sync.num}, and synced stretch by stretch; what is not synced was
 * never acknowledged. A disk writes sectors of {@value #SECTOR_BYTES} bytes whole, in any order. Before a stretch is written its
 * bytes are zeros (preallocated, or never allocated) or lie behind the end of the file. So after a crash each sector of an unsynced
 * stretch holds what was written, or zeros, or is missing at the end; and a killed process leaves a prefix, or nothing missing.
 *
 * <h2>Rules, in this order</h2>
 *
 * <ol>
 *   <li>Nothing but zeros to the end: padding. Nothing is lost, nothing is cut.
 *   <li>An intact entry with a higher index anywhere behind: <b>damage</b>. A flipped bit in the middle of synced entries looks like
 *       that always; a torn stretch only if a later sector of it arrived before an earlier one. The two cannot be told apart by what
 *       is in the file, so the safe one is taken, and the peer is rebuilt.
 *   <li>The broken frame is a whole entry if its length is put right, up to the last byte that is not zero: <b>damage</b> of the
 *       length. Without this rule a flipped length of the last entry looks like a torn one, which is what Ratis falls for.
 *   <li>The broken frame is such as a torn write leaves: it runs over the end of the file; or a sector of it is all zeros; or its
 *       checksum is zero, as after a prefix of the write. Otherwise every sector of it was written, and some bit changed
 *       afterwards: <b>damage</b>.
 *   <li>What is left is a torn tail: <b>cut</b>, if the floor allows it (the caller's check).
 * </ol>
 *
 * <h2>What cannot be told apart</h2>
 *
 * <ul>
 *   <li>A synced last entry of which the disk lost a whole sector, or the end of the file, from one that was never synced. Only
 *       the floor tells: {@link io.quorate.statemachine.raft.sync.CommittedFloor} is exact for a killed process, and at most as old
 *       as the kernel's writeback after a power loss. Entries above the floor that were acknowledged but not yet known to be
 *       committed here are the gap that stays.
 *   <li>A flipped bit in a last entry that happens to have a sector of zeros, or a checksum of zero, of its own. Cut likewise, if
 *       above the floor.
 *   <li>A torn stretch whose later sectors arrived first, from damage: refused (rule 2), although a crash of a healthy disk can
 *       cause it. The entries of one stretch are few, and a disk mostly writes it in order.
 *   <li>A last entry whose length bytes alone lie in a sector that did not arrive, from a changed length: refused (rule 3).
 *   <li>A changed bit whose checksum matches by chance: 1 in 2^32.
 * </ul>
 */
final class TailJudge {
    /** Least unit that disks write whole. Larger ones hold a multiple of it. */
    static final int SECTOR_BYTES = 512;

    private TailJudge() {}

    /** What the tail is. */
    sealed interface Verdict {
        /** Zeros, or nothing. */
        record Clean() implements Verdict {}

        /** @param contentEnd first offset behind the last byte that is not zero */
        record Torn(long contentEnd, String why) implements Verdict {}

        record Damaged(DamageKind kind, String why) implements Verdict {}
    }

    /** @param walk how far the intact entries go */
    static Verdict judge(ByteSource bytes, SegmentWalk walk, int maxEntryBytes) throws IOException {
        long offset = walk.endOffset();
        long contentEnd = Zeros.endOfContent(bytes, offset);
        if (contentEnd == offset) {
            return new Verdict.Clean();
        }
        Optional<LaterEntrySearch.Found> later = new LaterEntrySearch(
                        bytes, offset, walk.lastIndex(), walk.lastTerm(), maxEntryBytes)
                .search(contentEnd);
        if (later.isPresent()) {
            return new Verdict.Damaged(
                    DamageKind.DAMAGED_BEFORE_INTACT,
                    describe(walk.stop()) + ", and behind it at offset "
                            + later.get().offset() + " " + later.get().what());
        }
        int wholeLength =
                walk.stop() instanceof Frame.Unreadable ? 0 : lengthIfWhole(bytes, offset, contentEnd, maxEntryBytes);
        if (wholeLength > 0) {
            return new Verdict.Damaged(
                    DamageKind.BAD_LENGTH,
                    describe(walk.stop()) + ", but with a length of " + wholeLength + " the bytes up to offset "
                            + contentEnd + " match their checksum");
        }
        return explain(bytes, offset, contentEnd, walk.stop());
    }

    private static Verdict explain(ByteSource bytes, long offset, long contentEnd, Frame stop) throws IOException {
        String what = describe(stop);
        if (stop instanceof Frame.CutShort) {
            return new Verdict.Torn(contentEnd, what);
        }
        if (stop instanceof Frame.Zero) {
            long sectorEnd = Math.min(bytes.size(), (offset / SECTOR_BYTES + 1) * SECTOR_BYTES);
            return Zeros.until(bytes, offset, sectorEnd) == sectorEnd
                    ? new Verdict.Torn(contentEnd, what + ", and so is the rest of the sector")
                    : new Verdict.Damaged(DamageKind.BAD_LENGTH, what + ", and others in the same sector are not");
        }
        if (stop instanceof Frame.BadLength) {
            long end = Math.min(bytes.size(), offset + FrameDecoder.MAX_LENGTH_BYTES);
            return hasZeroSector(bytes, offset, end)
                    ? new Verdict.Torn(contentEnd, what + ", and its last sector is zeros")
                    : new Verdict.Damaged(DamageKind.BAD_LENGTH, what);
        }
        if (stop instanceof Frame.BadChecksum bad) {
            if (bad.stored() == 0) {
                return new Verdict.Torn(contentEnd, what + ": the end was not written");
            }
            return hasZeroSector(bytes, offset, offset + bad.length())
                    ? new Verdict.Torn(contentEnd, what + ": a sector was not written")
                    : new Verdict.Damaged(DamageKind.BAD_CHECKSUM, what + ", and every sector of it was written");
        }
        if (stop instanceof Frame.Unreadable) {
            return new Verdict.Damaged(DamageKind.UNREADABLE_ENTRY, what);
        }
        throw new AssertionError("unhandled: " + stop);
    }

    /** Whether one of the sectors that the range touches holds nothing but zeros inside the range. */
    private static boolean hasZeroSector(ByteSource bytes, long from, long to) throws IOException {
        for (long start = from; start < to; ) {
            long end = Math.min(to, (start / SECTOR_BYTES + 1) * SECTOR_BYTES);
            if (Zeros.until(bytes, start, end) == end) {
                return true;
            }
            start = end;
        }
        return false;
    }

    /**
     * The length with which the bytes from {@code offset} to the end of the content are one whole entry; 0 if there is none. The
     * checksum may end in zeros, which look like padding.
     */
    private static int lengthIfWhole(ByteSource bytes, long offset, long contentEnd, int maxEntryBytes)
            throws IOException {
        long farthest = Math.min(bytes.size(), contentEnd + FrameDecoder.CHECKSUM_BYTES - 1);
        for (long end = contentEnd; end <= farthest; end++) {
            for (int lengthBytes = 1; lengthBytes <= FrameDecoder.MAX_LENGTH_BYTES; lengthBytes++) {
                long length = end - offset - lengthBytes - FrameDecoder.CHECKSUM_BYTES;
                if (length >= 1
                        && length <= maxEntryBytes
                        && FrameDecoder.lengthBytes(length) == lengthBytes
                        && isWhole(bytes.at(offset, (int) (end - offset)), lengthBytes, (int) length)) {
                    return (int) length;
                }
            }
        }
        return 0;
    }

    private static boolean isWhole(ByteBuffer frame, int lengthBytes, int length) {
        ByteBuffer corrected = ByteBuffer.allocate(lengthBytes + length);
        long rest = length;
        for (int i = 0; i < lengthBytes; i++) {
            corrected.put((byte) (rest & 0x7f | (i < lengthBytes - 1 ? 0x80 : 0)));
            rest >>>= 7;
        }
        corrected.put(frame.slice(lengthBytes, length));
        return FrameDecoder.checksum(corrected.flip()) == frame.getInt(lengthBytes + length);
    }

    /** The broken frame in words. */
    static String describe(Frame stop) {
        if (stop instanceof Frame.CutShort cut) {
            return cut.length() == 0
                    ? "the file ends inside the length of an entry"
                    : "the file ends inside an entry of " + cut.length() + " bytes";
        }
        if (stop instanceof Frame.Zero) {
            return "the first byte of an entry is zero";
        }
        if (stop instanceof Frame.BadLength bad) {
            return bad.detail();
        }
        if (stop instanceof Frame.BadChecksum bad) {
            return String.format(
                    "an entry of %d bytes has the checksum %08x, its bytes have %08x",
                    bad.length(), bad.stored(), bad.computed());
        }
        if (stop instanceof Frame.Unreadable bad) {
            return "an entry of " + bad.length() + " bytes matches its checksum but is no log entry: " + bad.detail();
        }
        if (stop instanceof Frame.End) {
            return "the file ends";
        }
        if (stop instanceof Frame.Entry entry) {
            return "the intact entry " + entry.index();
        }
        throw new AssertionError("unhandled: " + stop);
    }
}
