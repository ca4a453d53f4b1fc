package io.quorate.statemachine.raft.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What a disk may leave of an unsynced stretch, and what bit rot makes of a synced one. */
class TailJudgeProperties {
    private static final int LIMIT = 64 * 1024;

    /** An open segment of synced entries, then unsynced ones, then padding. */
    private record Written(byte[] bytes, List<Integer> offsets, int synced) {
        int syncedEnd() {
            return offsets.get(synced);
        }

        int end() {
            return offsets.get(offsets.size() - 1);
        }
    }

    private static Written write(long seed, int synced, int unsynced, int padding) {
        Random random = new Random(seed);
        SegmentBytes segment = new SegmentBytes();
        List<Integer> offsets = new ArrayList<>();
        for (int i = 0; i < synced + unsynced; i++) {
            offsets.add(segment.size());
            byte[] data = new byte[random.nextInt(random.nextBoolean() ? 40 : 1500)];
            random.nextBytes(data);
            segment.append(3, 100 + i, data);
        }
        offsets.add(segment.size());
        return new Written(segment.zeros(padding).bytes(), offsets, synced);
    }

    /**
     * Each sector of the unsynced stretch arrived or not, and the file may end in any of them: synced entries are never touched, and a
     * refusal is only for an intact entry behind a broken one, or for a length that alone did not arrive.
     */
    @Property(tries = 2000)
    void aTornStretchIsCutAtItsFirstBrokenEntryOrRefusedForAnIntactLaterOne(
            @ForAll long seed,
            @ForAll @IntRange(min = 0, max = 6) int synced,
            @ForAll @IntRange(min = 1, max = 6) int unsynced,
            @ForAll @IntRange(max = 3000) int padding)
            throws IOException {
        Written written = write(seed, synced, unsynced, padding);
        Random disk = new Random(~seed);
        byte[] torn = tear(written, disk);
        SegmentWalk walk = walk(torn);
        assertThat(walk.lastIndex()).isGreaterThanOrEqualTo(99 + synced);
        TailJudge.Verdict verdict = TailJudge.judge(new ArrayBytes(torn), walk, LIMIT);
        if (verdict instanceof TailJudge.Verdict.Damaged damaged) {
            if (damaged.kind() == DamageKind.BAD_LENGTH) {
                assertThat(bytesToSectorEnd(walk.endOffset()))
                        .as("only the length was in a sector that did not arrive")
                        .isLessThan(FrameDecoder.MAX_LENGTH_BYTES);
                return;
            }
            assertThat(damaged.kind()).as(damaged.why()).isEqualTo(DamageKind.DAMAGED_BEFORE_INTACT);
            assertThat(hasIntactEntryBehind(torn, written, walk)).isTrue();
        } else {
            assertThat(walk.endOffset()).isGreaterThanOrEqualTo(written.syncedEnd());
            assertThat(hasIntactEntryBehind(torn, written, walk)).isFalse();
        }
    }

    private static long bytesToSectorEnd(long offset) {
        return TailJudge.SECTOR_BYTES - offset % TailJudge.SECTOR_BYTES;
    }

    /** The sector that holds the end of the synced part keeps it whatever happens. */
    private static byte[] tear(Written written, Random disk) {
        byte[] torn = written.bytes().clone();
        int sector = TailJudge.SECTOR_BYTES;
        int likely = 1 + disk.nextInt(4);
        for (int start = written.syncedEnd(); start < written.end(); start = (start / sector + 1) * sector) {
            int end = Math.min(torn.length, (start / sector + 1) * sector);
            if (disk.nextInt(likely) == 0) {
                Arrays.fill(torn, start, end, (byte) 0);
            }
        }
        if (disk.nextBoolean()) {
            int length = written.syncedEnd() + disk.nextInt(torn.length - written.syncedEnd() + 1);
            torn = Arrays.copyOf(torn, length);
        }
        return torn;
    }

    private static boolean hasIntactEntryBehind(byte[] torn, Written written, SegmentWalk walk) {
        for (int i = 0; i + 1 < written.offsets().size(); i++) {
            int from = written.offsets().get(i);
            int to = written.offsets().get(i + 1);
            if (from > walk.endOffset()
                    && to <= torn.length
                    && Arrays.equals(torn, from, to, written.bytes(), from, to)) {
                return true;
            }
        }
        return false;
    }

    /** A changed byte anywhere before the end of the last entry but one is refused. */
    @Property(tries = 3000)
    void aChangedByteBeforeTheLastEntryIsNeverCut(
            @ForAll long seed,
            @ForAll @IntRange(min = 2, max = 6) int entries,
            @ForAll @IntRange(max = 3000) int padding,
            @ForAll @IntRange(min = 1, max = 255) int change)
            throws IOException {
        Written written = write(seed, entries, 0, padding);
        byte[] bytes = written.bytes().clone();
        int lastStart = written.offsets().get(entries - 1);
        int at = SegmentWalk.MAGIC.length + new Random(~seed).nextInt(lastStart - SegmentWalk.MAGIC.length);
        bytes[at] ^= (byte) change;
        assertThat(isRefused(bytes)).as("byte " + at + " of " + lastStart).isTrue();
    }

    /**
     * A changed byte of the last entry is refused too, unless the entry has a zero sector or checksum of its own; random data has
     * none, except where a few of its bytes reach into a sector.
     */
    @Property(tries = 3000)
    void aChangedByteOfTheLastEntryIsRefusedUnlessItLooksUnwritten(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 4) int entries,
            @ForAll @IntRange(max = 3000) int padding,
            @ForAll @IntRange(min = 1, max = 255) int change)
            throws IOException {
        Written written = write(seed, entries, 0, padding);
        byte[] bytes = written.bytes().clone();
        int lastStart = written.offsets().get(entries - 1);
        int at = lastStart + new Random(~seed).nextInt(written.end() - lastStart);
        bytes[at] ^= (byte) change;
        if (!isRefused(bytes)) {
            assertThat(hasZeroSector(bytes, lastStart, written.end()))
                    .as("byte " + at + " of the entry at " + lastStart)
                    .isTrue();
        }
    }

    private static boolean hasZeroSector(byte[] bytes, int from, int to) {
        int sector = TailJudge.SECTOR_BYTES;
        for (int start = from; start < to; start = (start / sector + 1) * sector) {
            int end = Math.min(to, (start / sector + 1) * sector);
            boolean zero = true;
            for (int i = start; i < end; i++) {
                zero &= bytes[i] == 0;
            }
            if (zero) {
                return true;
            }
        }
        return false;
    }

    private static boolean isRefused(byte[] bytes) throws IOException {
        try {
            return TailJudge.judge(new ArrayBytes(bytes), walk(bytes), LIMIT) instanceof TailJudge.Verdict.Damaged;
        } catch (DamageFound e) {
            return true;
        }
    }

    private static SegmentWalk walk(byte[] bytes) throws IOException {
        return SegmentWalk.of(new SegmentName("log_inprogress_100", 100, -1), new ArrayBytes(bytes), 3, LIMIT);
    }
}
