package io.quorate.statemachine.raft.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.ratis.util.FileUtils;

/** A log that a real server wrote, with one byte changed anywhere. */
class RaftLogScannerProperties {
    private static final ScanBounds BOUNDS = new ScanBounds(-1, -1, LogImage.MAX_ENTRY_BYTES);
    private static Path work;
    private static LogImage image;

    @BeforeContainer
    static void build() throws IOException {
        work = Files.createTempDirectory("scanner-properties");
        image = LogImage.build(work, "4KB");
    }

    @AfterContainer
    static void remove() throws IOException {
        FileUtils.deleteFully(work);
    }

    @Property(tries = 1500)
    void aChangedByteOfAClosedSegmentIsRefused(
            @ForAll @IntRange(min = 0, max = 1_000_000) int place, @ForAll @IntRange(min = 1, max = 255) int change)
            throws IOException {
        List<SegmentName> segments = image.segments();
        SegmentName closed = segments.get(place % (segments.size() - 1));
        byte[] whole = image.read(closed);
        RaftLogDamagedException e = scanWith(closed, whole, place % whole.length, change);
        assertThat(e).isNotNull();
        assertThat(e.damage().file()).isEqualTo(closed.file());
        assertThat(e.damage().offset()).isLessThanOrEqualTo(place % whole.length);
    }

    @Property(tries = 1500)
    void aChangedByteBeforeTheLastEntryOfTheOpenSegmentIsRefused(
            @ForAll @IntRange(min = 0, max = 1_000_000) int place, @ForAll @IntRange(min = 1, max = 255) int change)
            throws IOException {
        SegmentName open = image.open();
        byte[] whole = image.read(open);
        List<Integer> offsets = LogImage.offsets(whole);
        int at = place % offsets.get(offsets.size() - 2);
        RaftLogDamagedException e = scanWith(open, whole, at, change);
        assertThat(e).isNotNull();
        assertThat(e.damage().file()).isEqualTo(open.file());
    }

    @Property(tries = 500)
    void aChangedByteAtOrBehindTheLastEntryLosesNothingThatTheFloorKnows(
            @ForAll @IntRange(min = 0, max = 1_000_000) int place, @ForAll @IntRange(min = 1, max = 255) int change)
            throws IOException {
        SegmentName open = image.open();
        byte[] whole = image.read(open);
        List<Integer> offsets = LogImage.offsets(whole);
        int lastStart = offsets.get(offsets.size() - 2);
        int end = offsets.get(offsets.size() - 1);
        int at = lastStart + place % (whole.length - lastStart);
        byte[] changed = whole.clone();
        changed[at] ^= (byte) change;
        image.write(open, changed);
        try {
            long last = RaftLogScanner.inspect(image.groupDirectory(), bounds(open, offsets))
                    .lastIndex();
            assertThat(last).isEqualTo(open.start() + offsets.size() - 2);
            assertThat(at).as("only padding may change without a refusal").isGreaterThanOrEqualTo(end);
        } catch (RaftLogDamagedException refused) {
            assertThat(refused.damage().file()).isEqualTo(open.file());
        } finally {
            image.write(open, whole);
        }
    }

    private static ScanBounds bounds(SegmentName open, List<Integer> offsets) {
        return new ScanBounds(-1, open.start() + offsets.size() - 2, LogImage.MAX_ENTRY_BYTES);
    }

    private static RaftLogDamagedException scanWith(SegmentName segment, byte[] whole, int at, int change) {
        byte[] changed = whole.clone();
        changed[at] ^= (byte) change;
        image.write(segment, changed);
        try {
            return catchThrowableOfType(
                    RaftLogDamagedException.class, () -> RaftLogScanner.inspect(image.groupDirectory(), BOUNDS));
        } finally {
            image.write(segment, whole);
        }
    }
}
