package io.quorate.statemachine.raft;

import io.quorate.statemachine.raft.scan.RaftLogScanner;
import io.quorate.statemachine.raft.scan.ScanBounds;
import io.quorate.statemachine.raft.scan.ScanReport;
import io.quorate.statemachine.raft.sync.AppliedBound;
import io.quorate.statemachine.raft.sync.DirectorySync;
import io.quorate.statemachine.raft.sync.PeerMemory;
import io.quorate.statemachine.raft.sync.SnapshotInstallSync;
import io.quorate.statemachine.raft.sync.VoteMirror;
import io.quorate.statemachine.raft.sync.VoteRecord;
import io.quorate.topology.ClusterId;
import io.quorate.wal.io.DurableFiles;
import io.quorate.wal.log.CorruptFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a shard host keeps on disk. What it holds is looked at before Ratis opens it: damage and foreign data are refused by name.
 *
 * <pre>
 * data directory
 *   shards/NAME.shard      what is served here ({@link ShardFile})
 *   shards/GROUP.marks     entries of it that are held or skipped ({@link EntryMarks})
 *   raft/GROUP/            Ratis: log, vote, and sm/checkpoint.TERM_INDEX
 *   live/GROUP/            running state; rebuilt from checkpoint and log at every start
 * </pre>
 */
final class HostDirectory {
    private static final Logger log = LoggerFactory.getLogger(HostDirectory.class);
    private static final VoteRecord NO_VOTE = new VoteRecord(0, "");

    private final ClusterId cluster;
    private final int maxEntryBytes;
    private final Path shardFiles;
    private final Path raft;
    private final Path live;

    /** @param maxEntryBytes largest Raft entry that a log may hold */
    HostDirectory(Path root, ClusterId cluster, int maxEntryBytes) throws IOException {
        this.cluster = cluster;
        this.maxEntryBytes = maxEntryBytes;
        this.shardFiles = Files.createDirectories(root.resolve("shards"));
        this.raft = Files.createDirectories(root.resolve("raft"));
        this.live = Files.createDirectories(root.resolve("live"));
        DurableFiles.syncDirectory(root);
    }

    /** Ratis' storage directory. */
    Path raft() {
        return raft;
    }

    Path raft(UUID group) {
        return raft.resolve(group.toString());
    }

    Path live(UUID group) {
        return live.resolve(group.toString());
    }

    Path marks(UUID group) {
        return shardFiles.resolve(group + ".marks");
    }

    boolean holdsGroup(UUID group) {
        return Files.isDirectory(raft(group));
    }

    /**
     * Reads what is served here and looks at its logs. Removals that a crash interrupted are finished first: Ratis cannot open what is
     * left of a group, and would take all others down with it.
     *
     * @throws IOException if something is damaged or foreign: names it and says what to do
     */
    List<ShardFile> read() throws IOException {
        List<ShardFile> found = new ArrayList<>();
        for (ShardFile file : ShardFile.readAll(shardFiles)) {
            check(file);
            found.add(file.state() == ShardFile.State.REMOVING ? delete(remembered(file)) : file);
        }
        return found;
    }

    /** What is left of a group says nothing for certain: what its peer promised is in the file, or nobody knows. */
    private static ShardFile remembered(ShardFile removing) {
        return removing.memory().isPresent() ? removing : removing.remembering(PeerMemory.LOST);
    }

    private void check(ShardFile file) throws IOException {
        if (!file.descriptor().cluster().equals(cluster)) {
            throw new IOException("shard " + file.descriptor().shard() + " in " + shardFiles + " belongs to cluster "
                    + file.descriptor().cluster() + ", this node to " + cluster);
        }
        if (file.state() == ShardFile.State.REMOVED) {
            return;
        }
        UUID group = file.descriptor().groupId();
        if (file.state() == ShardFile.State.OPEN && !holdsGroup(group)) {
            throw new IOException("shard " + file.descriptor().shard() + ": its Raft directory " + raft(group)
                    + " is gone, and with it this peer's memory of its votes; "
                    + "wipe the data directory and add this node again as a new peer");
        }
        if (holdsGroup(group) && file.state() != ShardFile.State.REMOVING) {
            scanLog(group);
        }
    }

    /**
     * What this peer promised in a group that is closed and about to be deleted. If that cannot be read any more, it must not come back
     * under its name.
     */
    PeerMemory memoryOf(UUID group) {
        Path directory = raft(group);
        Path current = directory.resolve("current");
        if (!Files.isDirectory(current)) {
            return new PeerMemory(NO_VOTE, 0, -1); // it never took part in anything
        }
        try {
            VoteRecord vote = VoteMirror.read(current).orElse(NO_VOTE);
            Optional<CheckpointStorage.Checkpoint> checkpoint = new CheckpointStorage(directory.resolve("sm")).newest();
            ScanReport report = RaftLogScanner.inspect(
                    directory,
                    new ScanBounds(
                            checkpoint
                                    .map(newest -> newest.termIndex().getIndex())
                                    .orElse(-1L),
                            -1,
                            maxEntryBytes));
            PeerMemory inLog = new PeerMemory(vote, report.lastTerm(), report.lastIndex());
            return checkpoint
                    .map(newest -> new PeerMemory(
                                    vote,
                                    newest.termIndex().getTerm(),
                                    newest.termIndex().getIndex())
                            .and(inLog))
                    .orElse(inLog);
        } catch (IOException | CorruptFormatException e) {
            log.warn("what this peer promised in group {} cannot be read; it must not join it again", group, e);
            return PeerMemory.LOST;
        }
    }

    /** Looks at a group's log before Ratis does: cuts a torn tail, refuses any other damage by name. */
    void scanLog(UUID group) throws IOException {
        Path directory = raft(group);
        new SnapshotInstallSync(directory.resolve("tmp"), directory.resolve("sm"), DirectorySync.FSYNC).recover();
        long snapshot = new CheckpointStorage(directory.resolve("sm"))
                .newest()
                .map(checkpoint -> checkpoint.termIndex().getIndex())
                .orElse(-1L);
        ScanReport report = RaftLogScanner.prepare(directory, new ScanBounds(snapshot, -1, maxEntryBytes));
        Path current = directory.resolve("current");
        if (Files.isDirectory(current)) {
            AppliedBound.settle(current, Math.max(snapshot, report.lastIndex()), AppliedBound.presentBoot());
        }
    }

    void write(ShardFile file) throws IOException {
        file.write(shardFiles);
    }

    /** Makes a group that Ratis has just formatted durable. */
    void syncGroup(UUID group) throws IOException {
        DurableFiles.syncTreeInUse(raft(group));
        DurableFiles.syncDirectory(raft);
    }

    /** Deletes all of a shard but its file, which says so last: a crash in between is resumed. */
    ShardFile delete(ShardFile file) throws IOException {
        UUID group = file.descriptor().groupId();
        DurableFiles.deleteTree(raft(group));
        DurableFiles.deleteTree(live(group));
        DurableFiles.syncDirectory(raft);
        Files.deleteIfExists(marks(group));
        ShardFile removed = file.withState(ShardFile.State.REMOVED);
        write(removed);
        return removed;
    }

    /** Why a group that Ratis found cannot be opened. */
    IllegalStateException noShardFile(UUID group) {
        return new IllegalStateException("Raft group " + group + " in " + raft + " belongs to no shard file in "
                + shardFiles + "; was a shard file deleted?");
    }
}
