package io.quorate.statemachine.raft.scan;

import io.quorate.statemachine.raft.sync.CommittedFloor;
import io.quorate.statemachine.raft.sync.VoteRecord;
import io.quorate.wal.io.DurableFiles;
import io.quorate.wal.log.CorruptFormatException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the files of a Ratis group fit to be opened, or refuses them by name. To be run before each start of the group's division,
 * with nothing else using its directory; Ratis must then run with {@code raft.server.log.corruption.policy = EXCEPTION}.
 *
 * <p>{@link #prepare} guarantees, when it returns: every entry that was ever synced is in the log or behind the given snapshot, as far
 * as that can be known ({@link TailJudge} says where it cannot); the log has no gap; the vote is not older than any promise; all
 * that Ratis will take for flushed <em>is</em> on disk, also what a killed process had not synced; and repairs are durable. What was
 * cut is kept in {@value #CUT_DIRECTORY} in the group's directory, the last {@value #KEPT_CUTS} of them.
 *
 * <p>It reads every segment once, through a window of 1 MiB, and computes the checksums that Ratis will compute again. Stateless and
 * thread-safe; one group at a time per directory.
 */
public final class RaftLogScanner {
    private static final Logger log = LoggerFactory.getLogger(RaftLogScanner.class);
    private static final String CUT_DIRECTORY = "quorate-cut";
    private static final int KEPT_CUTS = 8;
    private static final String CURRENT = "current";

    private RaftLogScanner() {}

    /**
     * Looks, and changes nothing.
     *
     * @param groupDirectory Ratis' directory of the group, named by its UUID; need not exist
     * @return the repairs that {@link #prepare} would make
     * @throws RaftLogDamagedException if the group must not be opened
     * @throws IOException if it cannot be read
     */
    public static ScanReport inspect(Path groupDirectory, ScanBounds bounds) throws IOException {
        Path current = groupDirectory.resolve(CURRENT);
        if (!Files.isDirectory(current)) {
            requireNothingSynced(groupDirectory, bounds);
            return new ScanReport(groupDirectory, -1, -1, 0, 0, List.of(), List.of());
        }
        try {
            LogInspector segments = new LogInspector(current, bounds.withFloorOfAtLeast(readFloor(current)));
            segments.inspect();
            MetaInspector meta = new MetaInspector(current, segments, bounds.snapshotIndex());
            meta.inspect();
            List<Repair> repairs = new ArrayList<>(segments.repairs());
            repairs.addAll(meta.repairs());
            return new ScanReport(
                    groupDirectory,
                    segments.firstIndex(),
                    segments.lastIndex(),
                    segments.lastTerm(),
                    segments.bytesRead(),
                    repairs,
                    segments.notes());
        } catch (DamageFound e) {
            throw new RaftLogDamagedException(groupDirectory, e.damage());
        }
    }

    /**
     * Looks, repairs, and makes durable what Ratis will rely on. A crash in the middle leaves something that the next call finishes.
     *
     * @return what was found and done
     * @throws RaftLogDamagedException if the group must not be opened; nothing was changed
     * @throws IOException if it cannot be read, or a repair or sync failed: the message names the step and the file
     */
    public static ScanReport prepare(Path groupDirectory, ScanBounds bounds) throws IOException {
        ScanReport report = inspect(groupDirectory, bounds);
        Path current = groupDirectory.resolve(CURRENT);
        for (String note : report.notes()) {
            log.info("[{}] {}", groupDirectory.getFileName(), note);
        }
        for (Repair repair : report.repairs()) {
            apply(groupDirectory, repair);
            log.warn("[{}] {}", groupDirectory.getFileName(), repair.describe());
        }
        if (Files.isDirectory(current)) {
            syncWhatRatisTakesForFlushed(current);
        }
        return report;
    }

    private static void requireNothingSynced(Path groupDirectory, ScanBounds bounds) throws RaftLogDamagedException {
        if (bounds.durableIndexFloor() > bounds.snapshotIndex()) {
            throw new RaftLogDamagedException(
                    groupDirectory,
                    new Damage(
                            DamageKind.BELOW_DURABLE_FLOOR,
                            CURRENT,
                            0,
                            "there is no log, but entry " + bounds.durableIndexFloor() + " was synced"));
        }
    }

    private static long readFloor(Path current) throws IOException {
        try {
            return CommittedFloor.read(current).orElse(-1);
        } catch (CorruptFormatException e) {
            throw new DamageFound(new Damage(DamageKind.FLOOR_DAMAGED, CommittedFloor.FILE_NAME, 0, e.getMessage()));
        }
    }

    private static void apply(Path groupDirectory, Repair repair) throws IOException {
        if (repair instanceof Repair.CutTail cut) {
            keepCopy(groupDirectory.resolve(CUT_DIRECTORY), cut);
            DurableFiles.truncate(cut.file(), cut.offset());
        } else if (repair instanceof Repair.RemoveEmptySegment || repair instanceof Repair.FinishPurge) {
            DurableFiles.deleteTree(repair.file());
        } else if (repair instanceof Repair.FinishRoll roll) {
            DurableFiles.truncate(roll.file(), roll.length());
            DurableFiles.move(roll.file(), roll.closed());
        } else if (repair instanceof Repair.RestoreVote restore) {
            DurableFiles.writeAtomically(restore.file(), encodeVote(restore.vote()));
        } else if (repair instanceof Repair.RestoreConfiguration restore) {
            DurableFiles.writeAtomically(restore.file(), restore.content());
        } else {
            throw new AssertionError("unhandled: " + repair);
        }
    }

    /** As Ratis writes it. */
    private static ByteBuffer encodeVote(VoteRecord vote) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("term", Long.toString(vote.term()));
        properties.setProperty("votedFor", vote.votedFor());
        StringWriter out = new StringWriter();
        properties.store(out, "");
        return ByteBuffer.wrap(out.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void keepCopy(Path directory, Repair.CutTail cut) throws IOException {
        DurableFiles.createDirectories(directory);
        Path copy = unusedName(directory, cut.file().getFileName() + ".cut-at-" + cut.offset());
        try (FileChannel from = FileChannel.open(cut.file(), StandardOpenOption.READ);
                FileChannel to = FileChannel.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            long end = cut.offset() + cut.contentBytes();
            for (long offset = cut.offset(); offset < end; ) {
                long copied = from.transferTo(offset, end - offset, to);
                if (copied <= 0) {
                    throw new IOException("could not copy " + cut.file() + " at offset " + offset + " to " + copy);
                }
                offset += copied;
            }
        }
        DurableFiles.syncFile(copy);
        DurableFiles.syncDirectory(directory);
        removeOldest(directory);
    }

    private static Path unusedName(Path directory, String name) {
        Path path = directory.resolve(name);
        for (int i = 1; Files.exists(path); i++) {
            path = directory.resolve(name + "-" + i);
        }
        return path;
    }

    private static void removeOldest(Path directory) throws IOException {
        List<Path> copies = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.forEach(copies::add);
        }
        copies.sort((a, b) -> Long.compare(a.toFile().lastModified(), b.toFile().lastModified()));
        for (Path old : copies.subList(0, Math.max(0, copies.size() - KEPT_CUTS))) {
            DurableFiles.deleteTree(old);
        }
    }

    /**
     * Ratis sets its flush index to the end of the log that it reads, whether or not that was ever synced. Closed segments were
     * synced before they were renamed; but the last one may have been cut by a truncation since, which Ratis does not sync.
     */
    private static void syncWhatRatisTakesForFlushed(Path current) throws IOException {
        List<SegmentName> segments = new ArrayList<>();
        try (Stream<Path> files = Files.list(current)) {
            files.map(file -> SegmentName.parse(file.getFileName().toString()))
                    .flatMap(Optional::stream)
                    .sorted(SegmentName.ORDER)
                    .forEach(segments::add);
        }
        for (SegmentName segment : segments.subList(Math.max(0, segments.size() - 2), segments.size())) {
            DurableFiles.syncFile(current.resolve(segment.file()));
        }
        for (String name : List.of(MetaInspector.VOTE_FILE, MetaInspector.CONFIGURATION_FILE)) {
            if (Files.exists(current.resolve(name))) {
                DurableFiles.syncFile(current.resolve(name));
            }
        }
        DurableFiles.syncDirectory(current);
        DurableFiles.syncDirectory(current.toAbsolutePath().getParent());
    }
}
