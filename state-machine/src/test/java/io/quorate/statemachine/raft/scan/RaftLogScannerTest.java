package io.quorate.statemachine.raft.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quorate.statemachine.raft.node.RaftNode;
import io.quorate.statemachine.raft.sync.CommittedFloor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.util.SizeInBytes;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real log directories, broken at every kind of place. */
class RaftLogScannerTest {
    private static final ScanBounds BOUNDS = new ScanBounds(-1, -1, LogImage.MAX_ENTRY_BYTES);

    private static LogImage preallocated;
    private static LogImage exact;

    private LogImage log;
    private long lastIndex;

    @BeforeAll
    static void build(@TempDir Path shared) {
        preallocated = LogImage.build(shared.resolve("preallocated"), "4KB");
        exact = LogImage.build(shared.resolve("exact"), "0");
    }

    @BeforeEach
    void copy(@TempDir Path fresh) throws IOException {
        log = preallocated.copyTo(fresh.resolve("log"));
        lastIndex = RaftLogScanner.inspect(log.groupDirectory(), BOUNDS).lastIndex();
    }

    @Test
    void anUndamagedCrashImagePassesUnchanged() throws IOException {
        assertThat(log.segments()).hasSizeGreaterThan(5);
        byte[] before = log.read(log.open());
        assertThat(before.length).as("there is padding").isGreaterThan(end(before));
        ScanReport report = prepare();
        assertThat(report.repairs()).isEmpty();
        assertThat(report.notes()).isEmpty();
        assertThat(report.firstIndex()).isZero();
        assertThat(report.lastTerm()).isEqualTo(3);
        assertThat(report.lastIndex()).isGreaterThanOrEqualTo(log.notes().size());
        assertThat(log.read(log.open())).isEqualTo(before);
    }

    @Test
    void aTailEntryTruncatedAtAnyByteIsCutAndRatisReadsAllBeforeIt() throws IOException {
        for (LogImage image : List.of(log, exact.copyTo(log.storage().resolveSibling("exact")))) {
            SegmentName open = image.open();
            byte[] whole = image.read(open);
            List<Integer> offsets = LogImage.offsets(whole);
            int start = offsets.get(offsets.size() - 2);
            for (int length = start + 1; length < end(whole); length++) {
                image.write(open, Arrays.copyOf(whole, length));
                boolean repair = (length - start) % 157 == 1; // each takes several fsyncs
                ScanReport report = repair
                        ? RaftLogScanner.prepare(image.groupDirectory(), BOUNDS)
                        : RaftLogScanner.inspect(image.groupDirectory(), BOUNDS);
                assertThat(report.repairs())
                        .singleElement()
                        .isInstanceOfSatisfying(Repair.CutTail.class, cut -> assertThat(cut.offset())
                                .isEqualTo(start));
                if (repair) {
                    assertThat(image.file(open)).hasSize(start);
                    assertThat(ratisReads(image.file(open))).isEqualTo(offsets.size() - 2);
                }
            }
            assertThat(image.groupDirectory().resolve("quorate-cut"))
                    .isDirectoryContaining(copy -> copy.toString().contains(".cut-at-" + start));
        }
    }

    @Test
    void afterACutRatisServesAllEarlierEntriesAndGoesOn() throws IOException {
        byte[] whole = log.read(log.open());
        int start = lastEntry(whole);
        log.write(log.open(), Arrays.copyOf(whole, (start + end(whole)) / 2));
        ScanReport report = prepare();
        assertThat(report.lastIndex()).isEqualTo(lastIndex - 1);
        try (RaftNode node = LogImage.start(log.group(), log.storage(), "4KB");
                RaftClient client = RaftNode.client(log.group())) {
            RaftNode.append(client, "after the cut");
            List<String> expected =
                    new ArrayList<>(log.notes().subList(0, log.notes().size() - 1));
            expected.add("after the cut");
            Awaitility.await().until(() -> node.stateMachine().notes().size() == expected.size());
            assertThat(node.stateMachine().notes()).isEqualTo(expected);
        }
    }

    @Test
    void aTailWhoseLastSectorsWereNeverWrittenIsCutAndKept() throws IOException {
        byte[] bytes = log.read(log.open());
        int start = lastEntry(bytes);
        int sector = (start / 512 + 1) * 512;
        assertThat(sector).as("the entry reaches into the next sector").isLessThan(end(bytes));
        Arrays.fill(bytes, sector, bytes.length, (byte) 0);
        log.write(log.open(), bytes);
        ScanReport report = prepare();
        Repair.CutTail cut = (Repair.CutTail) report.repairs().get(0);
        assertThat(cut.offset()).isEqualTo(start);
        assertThat(cut.bytes()).isEqualTo(bytes.length - start);
        assertThat(cut.describe()).contains("cut").contains(log.open().file());
        Path kept = log.groupDirectory().resolve("quorate-cut/" + log.open().file() + ".cut-at-" + start);
        assertThat(kept).hasSize(cut.contentBytes());
        assertThat(Files.readAllBytes(kept))
                .isEqualTo(Arrays.copyOfRange(bytes, start, start + (int) cut.contentBytes()));
        assertThat(RaftLogScanner.inspect(log.groupDirectory(), BOUNDS).repairs())
                .as("a second scan finds nothing")
                .isEmpty();
    }

    @Test
    void aTornTailBelowTheFloorIsRefused() throws IOException {
        byte[] bytes = log.read(log.open());
        log.write(log.open(), Arrays.copyOf(bytes, end(bytes) - 1));
        refused(DamageKind.BELOW_DURABLE_FLOOR, new ScanBounds(-1, lastIndex, LogImage.MAX_ENTRY_BYTES));
        assertThat(RaftLogScanner.inspect(
                                log.groupDirectory(), new ScanBounds(-1, lastIndex - 1, LogImage.MAX_ENTRY_BYTES))
                        .repairs())
                .hasSize(1);
        try (CommittedFloor floor = CommittedFloor.open(log.current())) {
            floor.advance(lastIndex);
        }
        Damage damage = refused(DamageKind.BELOW_DURABLE_FLOOR, BOUNDS);
        assertThat(damage.file()).isEqualTo(log.open().file());
        assertThat(damage.offset()).isEqualTo(lastEntry(bytes));
        assertThat(log.file(log.open())).as("nothing was changed").hasSize(end(bytes) - 1);
        Files.write(log.current().resolve(CommittedFloor.FILE_NAME), new byte[1024]);
        refused(DamageKind.FLOOR_DAMAGED, BOUNDS);
    }

    @Test
    void aFlippedLengthOfTheLastEntryIsRefusedAlthoughItLooksTorn() throws IOException {
        for (LogImage image : List.of(preallocated, exact)) {
            LogImage broken = image.copyTo(log.storage().resolveSibling("length-" + image.hashCode()));
            byte[] bytes = broken.read(broken.open());
            int start = lastEntry(bytes);
            bytes[start + 1] ^= 0x40; // 8 KB longer: over the end of the file
            broken.write(broken.open(), bytes);
            RaftLogDamagedException e = catchThrowableOfType(
                    RaftLogDamagedException.class, () -> RaftLogScanner.prepare(broken.groupDirectory(), BOUNDS));
            assertThat(e.damage().kind()).isEqualTo(DamageKind.BAD_LENGTH);
            assertThat(e.damage().offset()).isEqualTo(start);
        }
        byte[] bytes = exact.read(exact.open());
        bytes[lastEntry(bytes) + 1] ^= 0x40;
        LogImage ratis = exact.copyTo(log.storage().resolveSibling("ratis"));
        ratis.write(ratis.open(), bytes);
        assertThat(ratisReads(ratis.file(ratis.open())))
                .as("Ratis drops the synced entry without a word")
                .isEqualTo(LogImage.offsets(exact.read(exact.open())).size() - 2);
    }

    @Test
    void aBrokenEntryBeforeIntactOnesIsRefused() throws IOException {
        byte[] bytes = log.read(log.open());
        List<Integer> offsets = LogImage.offsets(bytes);
        int middle = offsets.get(offsets.size() / 2);
        Arrays.fill(bytes, middle, middle + 512, (byte) 0);
        log.write(log.open(), bytes);
        Damage damage = refused(DamageKind.DAMAGED_BEFORE_INTACT, BOUNDS);
        assertThat(damage.offset()).isEqualTo(middle);
        assertThat(damage.detail()).contains("intact entry");
    }

    @Test
    void aBadHeaderIsRefusedAndAnUnsyncedOneOfAnEmptySegmentRemoved() throws IOException {
        SegmentName open = log.open();
        byte[] bytes = log.read(open);
        bytes[0] ^= 1;
        log.write(open, bytes);
        refused(DamageKind.BAD_HEADER, BOUNDS);
        byte[] begun = new byte[4096];
        System.arraycopy(SegmentWalk.MAGIC, 0, begun, 0, 3);
        for (byte[] unsynced : List.of(new byte[0], new byte[4096], begun, Arrays.copyOf(SegmentWalk.MAGIC, 5))) {
            log.write(open, unsynced);
            assertThat(prepare().repairs()).containsExactly(new Repair.RemoveEmptySegment(log.file(open)));
            assertThat(log.file(open)).doesNotExist();
        }
        log.write(open, SegmentWalk.MAGIC);
        assertThat(prepare().repairs()).as("Ratis removes it itself").isEmpty();
    }

    @Test
    void closedSegmentsMustBeWhole() throws IOException {
        SegmentName closed = log.segments().get(1);
        byte[] bytes = log.read(closed);
        log.write(closed, Arrays.copyOf(bytes, lastEntry(bytes)));
        refused(DamageKind.SEGMENT_SHORT, BOUNDS);
        log.write(closed, Arrays.copyOf(bytes, bytes.length - 1));
        refused(DamageKind.SEGMENT_SHORT, BOUNDS);
        log.write(closed, new byte[0]);
        refused(DamageKind.SEGMENT_EMPTY, BOUNDS);
        log.write(closed, Arrays.copyOf(bytes, bytes.length + 100));
        assertThat(prepare().notes()).as("padding that a lost truncation left").isEmpty();
        byte[] garbage = Arrays.copyOf(bytes, bytes.length + 100);
        garbage[bytes.length + 50] = 1;
        log.write(closed, garbage);
        assertThat(prepare().notes()).singleElement().asString().contains("51 bytes behind its last entry");
        bytes[lastEntry(bytes) + 9] ^= 4;
        log.write(closed, bytes);
        assertThat(refused(DamageKind.BAD_CHECKSUM, BOUNDS).offset()).isEqualTo(lastEntry(log.read(closed), 1));
    }

    @Test
    void theLastSegmentMustBeWholeAlsoIfItIsClosed() throws IOException {
        Files.delete(log.file(log.open()));
        SegmentName last = log.open();
        assertThat(last.open()).isFalse();
        byte[] bytes = log.read(last);
        log.write(last, Arrays.copyOf(bytes, bytes.length - 3));
        refused(DamageKind.SEGMENT_SHORT, BOUNDS);
    }

    @Test
    void gapsOverlapsAndForeignNamesAreRefused() throws IOException {
        SegmentName second = log.segments().get(1);
        Path away = log.storage().resolveSibling("away");
        Files.move(log.file(second), away);
        refused(DamageKind.SEGMENT_GAP, BOUNDS);
        Files.move(away, log.file(second));
        Path overlapping = log.current().resolve("log_" + (second.start() + 1) + "-" + second.end());
        Files.copy(log.file(second), overlapping);
        refused(DamageKind.SEGMENT_OVERLAP, BOUNDS);
        Files.delete(overlapping);
        for (String name : List.of("log_inprogress_7.bak", "log_9-3", "log_inprogress_99999999999999999999")) {
            Path foreign = Files.createFile(log.current().resolve(name));
            assertThat(refused(DamageKind.UNEXPECTED_FILE, BOUNDS).file()).isEqualTo(name);
            Files.delete(foreign);
        }
        Files.createFile(log.current().resolve("log_notes.txt"));
        assertThat(prepare().repairs()).isEmpty();
    }

    @Test
    void entriesInTheWrongOrderAreRefused() throws IOException {
        SegmentName open = log.open();
        byte[] bytes = log.read(open);
        List<Integer> offsets = LogImage.offsets(bytes);
        byte[] without = bytes.clone();
        int from = offsets.get(2);
        System.arraycopy(bytes, from, without, offsets.get(1), bytes.length - from);
        log.write(open, without);
        assertThat(refused(DamageKind.INDEX_OUT_OF_ORDER, BOUNDS).offset())
                .isEqualTo(offsets.get(1).longValue());
        log.write(open, bytes);
        Path renamed = log.current().resolve("log_inprogress_" + (open.start() + 1));
        Files.move(log.file(open), renamed);
        refused(DamageKind.SEGMENT_GAP, BOUNDS);
    }

    @Test
    void aLogThatBeginsBehindTheSnapshotIsRefused() throws IOException {
        SegmentName first = log.segments().get(0);
        Files.delete(log.file(first));
        refused(DamageKind.ENTRIES_MISSING_AFTER_SNAPSHOT, BOUNDS);
        ScanReport report = RaftLogScanner.prepare(
                log.groupDirectory(), new ScanBounds(first.end(), first.end(), LogImage.MAX_ENTRY_BYTES));
        assertThat(report.firstIndex()).isEqualTo(first.end() + 1);
    }

    @Test
    void anInterruptedPurgeIsFinished() throws IOException {
        List<SegmentName> segments = log.segments();
        Files.delete(log.file(segments.get(2)));
        Files.delete(log.file(segments.get(1)));
        long purged = segments.get(2).end();
        refused(DamageKind.SEGMENT_GAP, new ScanBounds(purged - 1, -1, LogImage.MAX_ENTRY_BYTES));
        ScanReport report =
                RaftLogScanner.prepare(log.groupDirectory(), new ScanBounds(purged, -1, LogImage.MAX_ENTRY_BYTES));
        assertThat(report.repairs()).containsExactly(new Repair.FinishPurge(log.file(segments.get(0))));
        assertThat(report.firstIndex()).isEqualTo(purged + 1);
        assertThat(report.lastIndex()).isEqualTo(lastIndex);
        assertThat(log.segments()).isEqualTo(segments.subList(3, segments.size()));
    }

    @Test
    void aSegmentCutShortByAnInstalledSnapshotIsRemovedBehindIt() throws IOException {
        Files.delete(log.file(log.open()));
        List<SegmentName> segments = log.segments();
        SegmentName last = log.open();
        byte[] bytes = log.read(last);
        log.write(last, Arrays.copyOf(bytes, lastEntry(bytes)));
        ScanReport report = RaftLogScanner.prepare(
                log.groupDirectory(), new ScanBounds(last.end() + 50, -1, LogImage.MAX_ENTRY_BYTES));
        assertThat(report.repairs()).hasSize(segments.size()).allMatch(Repair.FinishPurge.class::isInstance);
        assertThat(report.lastIndex()).isEqualTo(-1);
        assertThat(log.segments()).isEmpty();
    }

    @Test
    void aLostRenameOfAClosedSegmentIsDoneAgain() throws IOException {
        List<SegmentName> before = log.segments();
        SegmentName closed = before.get(before.size() - 2);
        byte[] bytes = log.read(closed);
        SegmentName rolled = new SegmentName("log_inprogress_" + closed.start(), closed.start(), -1);
        Files.delete(log.file(closed));
        log.write(rolled, Arrays.copyOf(bytes, bytes.length + 1000));
        ScanReport report = prepare();
        assertThat(report.repairs()).singleElement().isInstanceOf(Repair.FinishRoll.class);
        assertThat(log.segments()).isEqualTo(before);
        assertThat(log.read(closed)).isEqualTo(bytes);
        Files.move(log.file(closed), log.file(rolled));
        log.write(rolled, Arrays.copyOf(bytes, bytes.length - 1));
        refused(DamageKind.SEGMENT_SHORT, BOUNDS);
    }

    @Test
    void aGroupThatWasNeverStartedIsFineUnlessSomethingWasSynced() throws IOException {
        Path none = log.storage().resolve("none");
        assertThat(RaftLogScanner.prepare(none, BOUNDS).lastIndex()).isEqualTo(-1);
        RaftLogDamagedException e = catchThrowableOfType(
                RaftLogDamagedException.class,
                () -> RaftLogScanner.prepare(none, new ScanBounds(3, 4, LogImage.MAX_ENTRY_BYTES)));
        assertThat(e.damage().kind()).isEqualTo(DamageKind.BELOW_DURABLE_FLOOR);
        assertThat(e.groupDirectory()).isEqualTo(none);
    }

    @Test
    void aRefusalNamesFileOffsetAndHowToRebuild() throws IOException {
        SegmentName closed = log.segments().get(0);
        byte[] bytes = log.read(closed);
        bytes[20] ^= 1;
        log.write(closed, bytes);
        RaftLogDamagedException e = catchThrowableOfType(RaftLogDamagedException.class, this::prepare);
        assertThat(e)
                .hasMessageContaining(log.groupDirectory().toString())
                .hasMessageContaining(closed.file())
                .hasMessageContaining("offset 8")
                .hasMessageContaining("quorate peers remove")
                .hasMessageContaining("quorate peers add");
    }

    private ScanReport prepare() throws IOException {
        return RaftLogScanner.prepare(log.groupDirectory(), BOUNDS);
    }

    private Damage refused(DamageKind kind, ScanBounds bounds) {
        RaftLogDamagedException e = catchThrowableOfType(
                RaftLogDamagedException.class, () -> RaftLogScanner.prepare(log.groupDirectory(), bounds));
        assertThat(e).as("expected " + kind).isNotNull();
        assertThat(e.damage().kind()).as(e.getMessage()).isEqualTo(kind);
        return e.damage();
    }

    private static int lastEntry(byte[] segment) {
        return lastEntry(segment, 0);
    }

    /** @param broken how many entries behind the intact ones are meant too */
    private static int lastEntry(byte[] segment, int broken) {
        List<Integer> offsets = LogImage.offsets(segment);
        return offsets.get(offsets.size() - 2 + broken);
    }

    private static int end(byte[] segment) {
        List<Integer> offsets = LogImage.offsets(segment);
        return offsets.get(offsets.size() - 1);
    }

    private static int ratisReads(Path segment) throws IOException {
        return LogSegment.readSegmentFile(
                segment.toFile(),
                LogSegmentPath.matchLogSegment(segment).getStartEnd(),
                SizeInBytes.valueOf(LogImage.MAX_ENTRY_BYTES),
                CorruptionPolicy.EXCEPTION,
                null,
                entry -> {});
    }
}
