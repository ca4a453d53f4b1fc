package io.quorate.statemachine.raft.sync;

import io.quorate.wal.io.DurabilityException;
import io.quorate.wal.io.DurableFiles;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a snapshot that Ratis installs chunk by chunk durable before it is published, before the log behind it is purged, and
 * before SUCCESS is answered. Ratis syncs neither the files nor the renames.
 *
 * <p>Order of an installation, and what is called when:
 *
 * <pre>
 *   chunks are written to tmp/snapshot-&lt;id&gt;      each reply -> {@link #beforeReply}: their bytes, outside the division's lock
 *   StateMachine.pause()                          -> {@link #beforePublish}: what is left of the bytes, and the names
 *   rename sm -> sm.tmp&lt;date&gt;, tmp/... -> sm
 *   StateMachine.getLatestSnapshot()              -> {@link #published}: the rename (called before the purge is queued)
 *   old log segments are removed
 *   reply SUCCESS                                 -> {@link #beforeReply}: the rename again, at the latest
 * </pre>
 *
 * <p>{@link #published} from {@code getLatestSnapshot} may be left out on file systems that keep the order of renames and removals
 * (ext4, xfs, btrfs): the rename precedes the removal of segments in their journal. The rest may not: bytes that were never
 * synced are lost there too.
 *
 * <p>Thread-safe.
 */
public final class SnapshotInstallSync {
    private static final Logger log = LoggerFactory.getLogger(SnapshotInstallSync.class);
    private static final String OLD_SUFFIX = ".tmp";

    private final Path temporary;
    private final Path snapshots;
    private final DirectorySync directorySync;

    /** Bytes of each received file that are known to be on disk; guarded by this. */
    private final Map<Path, Long> syncedBytes = new HashMap<>();

    /** Identity of the snapshot directory whose name was synced last; guarded by this. */
    private Object publishedKey;

    /**
     * @param temporary {@code StateMachineStorage.getTmpDir()}, or {@code tmp} of the group
     * @param snapshots {@code StateMachineStorage.getSnapshotDir()}, or {@code sm} of the group
     */
    public SnapshotInstallSync(Path temporary, Path snapshots, DirectorySync directorySync) {
        this.temporary = temporary.toAbsolutePath();
        this.snapshots = snapshots.toAbsolutePath();
        this.directorySync = directorySync;
    }

    /**
     * Before the state machine looks for its snapshots at start: undoes or finishes an installation that a crash interrupted. Between
     * its two renames there is no snapshot directory at all; the former one is put back. Received chunks are discarded.
     *
     * @throws IOException also if several former directories are found and none may be chosen: names them
     */
    public synchronized void recover() throws IOException {
        Path parent = snapshots.getParent();
        if (!Files.isDirectory(parent)) {
            return;
        }
        List<Path> former = formerDirectories(parent);
        if (!Files.exists(snapshots) && !former.isEmpty()) {
            if (former.size() > 1) {
                throw new IOException(
                        "no " + snapshots + " but several former ones: " + former
                                + "; an interrupted installation leaves one. Move the right one to that name, remove the others");
            }
            log.warn("snapshot installation was interrupted: {} put back as {}", former.get(0), snapshots);
            DurableFiles.move(former.get(0), snapshots);
            former = List.of();
        }
        for (Path superseded : former) {
            log.info("removing {}, superseded by an installed snapshot", superseded);
            DurableFiles.deleteTree(superseded);
        }
        DurableFiles.deleteTree(temporary);
        directorySync.sync(parent);
    }

    /** To be called in {@code StateMachine.pause()}: bytes and names of what was received become durable. */
    public synchronized void beforePublish() throws IOException {
        if (Files.isDirectory(temporary)) {
            DurableFiles.syncTree(temporary);
        }
        syncedBytes.clear();
    }

    /** Makes the name of a newly installed snapshot directory durable; one look-up if it is the one of the last time. */
    public synchronized void published() throws IOException {
        Object key;
        try {
            key = Files.readAttributes(snapshots, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException none) {
            return; // none yet, or between the two renames: the reply of that installation syncs
        }
        if (!Objects.equals(key, publishedKey) || key == null) {
            directorySync.sync(snapshots.getParent());
            if (Files.isDirectory(temporary)) {
                directorySync.sync(temporary);
            }
            publishedKey = key;
        }
    }

    /** Before an answer to a chunk leaves. */
    void beforeReply() throws IOException {
        syncReceived();
        published();
    }

    private synchronized void syncReceived() throws IOException {
        if (!Files.isDirectory(temporary)) {
            syncedBytes.clear();
            return;
        }
        Files.walkFileTree(temporary, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Long before = syncedBytes.get(file);
                if (attributes.isRegularFile() && (before == null || before != attributes.size())) {
                    syncIfStillThere(file);
                    syncedBytes.put(file, attributes.size());
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
    }

    /** A file that has gone meanwhile was published or discarded under the division's lock, by another leader's installation. */
    private static void syncIfStillThere(Path file) throws IOException {
        try {
            DurableFiles.syncFile(file);
        } catch (DurabilityException e) {
            if (!(e.getCause() instanceof NoSuchFileException)) {
                throw e;
            }
        }
    }

    private List<Path> formerDirectories(Path parent) throws IOException {
        String prefix = snapshots.getFileName() + OLD_SUFFIX;
        List<Path> found = new ArrayList<>();
        try (Stream<Path> entries = Files.list(parent)) {
            entries.filter(entry -> entry.getFileName().toString().startsWith(prefix))
                    .filter(Files::isDirectory)
                    .sorted()
                    .forEach(found::add);
        }
        return found;
    }
}
