package io.quorate.statemachine.raft.scan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads all segments of a group and finds what is to be repaired. Changes nothing. For one inspection.
 *
 * <p>States that a crash of Ratis on a healthy disk leaves, and that are therefore repaired:
 *
 * <ul>
 *   <li>the last segment is torn, empty, or has no header yet;
 *   <li>a segment was closed, its successor created and synced, and the rename to its closed name lost;
 *   <li>a purge was interrupted. Ratis removes purged segments from the last to the first, so that the oldest ones may be left in
 *       front of a gap;
 *   <li>a snapshot was installed, which makes Ratis drop writes that are still queued and close the segment under the index that it
 *       would have had: a closed segment that ends early, wholly behind the snapshot.
 * </ul>
 *
 * <p>One such state is refused, because it looks like damage: a kill in the middle of a truncation that reaches over several segments
 * (conflicting entries of a former leader). Between its steps a closed segment ends early, or a segment is missing before the
 * open one. That takes well under a millisecond, once in such a conflict.
 */
final class LogInspector {
    private final Path current;
    private final ScanBounds bounds;
    private final List<Repair> repairs = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private long firstIndex = -1;
    private long lastIndex = -1;
    private long lastTerm;
    private long bytesRead;

    /** Where the log ends: for the message when that is too early. */
    private String lastFile = "the log";

    private long lastOffset;

    LogInspector(Path current, ScanBounds bounds) {
        this.current = current;
        this.bounds = bounds;
    }

    /** @throws DamageFound if the log must not be opened */
    void inspect() throws IOException {
        List<SegmentName> segments = list();
        int purged = leftOverFromPurge(segments);
        for (int i = 0; i < segments.size(); i++) {
            long next = i + 1 < segments.size() ? segments.get(i + 1).start() : -1;
            boolean leftOver = i < purged || !check(segments.get(i), next);
            if (leftOver) {
                dropUpTo(segments, i);
            }
        }
        checkBeginning();
        checkFloor();
    }

    long firstIndex() {
        return firstIndex;
    }

    long lastIndex() {
        return lastIndex;
    }

    long lastTerm() {
        return lastTerm;
    }

    long bytesRead() {
        return bytesRead;
    }

    List<Repair> repairs() {
        return repairs;
    }

    List<String> notes() {
        return notes;
    }

    private List<SegmentName> list() throws IOException {
        List<SegmentName> segments = new ArrayList<>();
        try (Stream<Path> files = Files.list(current)) {
            files.map(file -> SegmentName.parse(file.getFileName().toString()))
                    .flatMap(Optional::stream)
                    .sorted(SegmentName.ORDER)
                    .forEach(segments::add);
        }
        return segments;
    }

    /** How many of the first segments stand before a gap that a purge behind the snapshot explains. */
    private int leftOverFromPurge(List<SegmentName> segments) {
        int purged = 0;
        for (int i = 0; i + 1 < segments.size(); i++) {
            SegmentName segment = segments.get(i);
            SegmentName next = segments.get(i + 1);
            long end = segment.open() ? next.start() - 1 : segment.end();
            if (next.start() <= segment.start() || next.start() <= end) {
                throw damage(DamageKind.SEGMENT_OVERLAP, next.file(), 0, "it begins within " + segment.file());
            }
            if (next.start() > end + 1) {
                if (end > bounds.snapshotIndex() || next.start() > bounds.snapshotIndex() + 1) {
                    throw damage(
                            DamageKind.SEGMENT_GAP,
                            next.file(),
                            0,
                            "entries " + (end + 1) + " to " + (next.start() - 1) + " are missing before it, and the"
                                    + " snapshot goes to " + bounds.snapshotIndex());
                }
                purged = i + 1;
            }
        }
        return purged;
    }

    /** @return false if it is left over from a purge */
    private boolean check(SegmentName name, long nextStart) throws IOException {
        try (FileBytes bytes = new FileBytes(current.resolve(name.file()))) {
            bytesRead += bytes.size();
            boolean last = nextStart < 0;
            if (name.open() && last && isUnbegun(name, bytes)) {
                return true;
            }
            if (bytes.size() == 0) {
                throw damage(DamageKind.SEGMENT_EMPTY, name.file(), 0, "it has no bytes and is not the open one");
            }
            if (!SegmentWalk.hasMagic(bytes)) {
                throw damage(DamageKind.BAD_HEADER, name.file(), 0, "it does not begin with RaftLog1");
            }
            SegmentWalk walk = SegmentWalk.of(name, bytes, lastTerm, bounds.maxEntryBytes());
            if (!name.open()) {
                return checkClosed(name, bytes, walk);
            }
            if (last) {
                checkOpen(name, bytes, walk);
            } else {
                checkRolled(name, bytes, walk, nextStart);
            }
            return true;
        }
    }

    private boolean isUnbegun(SegmentName name, FileBytes bytes) throws IOException {
        if (!SegmentWalk.isUnsyncedHeader(bytes)) {
            return false;
        }
        repairs.add(new Repair.RemoveEmptySegment(current.resolve(name.file())));
        if (firstIndex < 0) {
            requireReachable(name);
        }
        return true;
    }

    private boolean checkClosed(SegmentName name, FileBytes bytes, SegmentWalk walk) throws IOException {
        if (walk.lastIndex() == name.end()) {
            long content = Zeros.endOfContent(bytes, walk.endOffset());
            if (content > walk.endOffset()) {
                notes.add(
                        name.file() + " has " + (content - walk.endOffset()) + " bytes behind its last entry at offset "
                                + walk.endOffset() + "; Ratis ignores and removes them");
            }
            accept(name, walk);
            return true;
        }
        boolean endsClean = Zeros.endOfContent(bytes, walk.endOffset()) == walk.endOffset();
        if (endsClean && name.end() <= bounds.snapshotIndex()) {
            return false;
        }
        throw damage(
                endsClean ? DamageKind.SEGMENT_SHORT : kindOf(walk.stop()),
                name.file(),
                walk.endOffset(),
                TailJudge.describe(walk.stop()) + " where entry " + (walk.lastIndex() + 1)
                        + " should stand; the segment is" + " closed and was synced to entry " + name.end());
    }

    private void checkRolled(SegmentName name, FileBytes bytes, SegmentWalk walk, long nextStart) throws IOException {
        boolean endsClean = Zeros.endOfContent(bytes, walk.endOffset()) == walk.endOffset();
        if (!endsClean || walk.lastIndex() < nextStart - 1) {
            throw damage(
                    endsClean ? DamageKind.SEGMENT_SHORT : kindOf(walk.stop()),
                    name.file(),
                    walk.endOffset(),
                    TailJudge.describe(walk.stop()) + " where entry " + (walk.lastIndex() + 1)
                            + " should stand; a later" + " segment begins at " + nextStart);
        }
        if (walk.lastIndex() >= nextStart) {
            throw damage(
                    DamageKind.SEGMENT_OVERLAP,
                    name.file(),
                    walk.endOffset(),
                    "it goes to entry " + walk.lastIndex() + ", and a later segment begins at " + nextStart);
        }
        Path closed = current.resolve(SegmentName.closed(name.start(), walk.lastIndex()));
        repairs.add(new Repair.FinishRoll(current.resolve(name.file()), closed, walk.endOffset()));
        accept(name, walk);
    }

    private void checkOpen(SegmentName name, FileBytes bytes, SegmentWalk walk) throws IOException {
        TailJudge.Verdict verdict = TailJudge.judge(bytes, walk, bounds.maxEntryBytes());
        if (verdict instanceof TailJudge.Verdict.Damaged damaged) {
            throw damage(damaged.kind(), name.file(), walk.endOffset(), damaged.why());
        }
        if (verdict instanceof TailJudge.Verdict.Torn torn) {
            repairs.add(new Repair.CutTail(
                    current.resolve(name.file()),
                    walk.endOffset(),
                    bytes.size() - walk.endOffset(),
                    torn.contentEnd() - walk.endOffset(),
                    torn.why()));
        }
        accept(name, walk);
    }

    private void accept(SegmentName name, SegmentWalk walk) {
        if (firstIndex < 0) {
            requireReachable(name);
        }
        lastFile = name.file();
        lastOffset = walk.endOffset();
        if (walk.lastIndex() >= name.start()) {
            firstIndex = firstIndex < 0 ? name.start() : firstIndex;
            lastIndex = walk.lastIndex();
            lastTerm = walk.lastTerm();
        }
    }

    private void requireReachable(SegmentName first) {
        if (first.start() > bounds.snapshotIndex() + 1) {
            throw damage(
                    DamageKind.ENTRIES_MISSING_AFTER_SNAPSHOT,
                    first.file(),
                    0,
                    "the log begins at entry " + first.start() + ", and the snapshot goes to "
                            + bounds.snapshotIndex());
        }
    }

    private void dropUpTo(List<SegmentName> segments, int last) {
        repairs.clear();
        for (SegmentName segment : segments.subList(0, last + 1)) {
            repairs.add(new Repair.FinishPurge(current.resolve(segment.file())));
        }
        firstIndex = -1;
        lastIndex = -1;
        lastTerm = 0;
    }

    private void checkBeginning() {
        if (firstIndex < 0) {
            lastIndex = -1;
            lastTerm = 0;
        }
    }

    private void checkFloor() {
        long floor = bounds.durableIndexFloor();
        if (lastIndex < floor && bounds.snapshotIndex() < floor) {
            throw damage(
                    DamageKind.BELOW_DURABLE_FLOOR,
                    lastFile,
                    lastOffset,
                    "the intact log ends with entry " + lastIndex + " and the snapshot with " + bounds.snapshotIndex()
                            + ", but entry " + floor + " was synced");
        }
    }

    private static DamageKind kindOf(Frame stop) {
        if (stop instanceof Frame.BadChecksum) {
            return DamageKind.BAD_CHECKSUM;
        }
        if (stop instanceof Frame.Unreadable) {
            return DamageKind.UNREADABLE_ENTRY;
        }
        if (stop instanceof Frame.BadLength || stop instanceof Frame.Zero) {
            return DamageKind.BAD_LENGTH;
        }
        return DamageKind.SEGMENT_SHORT;
    }

    private static DamageFound damage(DamageKind kind, String file, long offset, String detail) {
        return new DamageFound(new Damage(kind, file, offset, detail));
    }
}
