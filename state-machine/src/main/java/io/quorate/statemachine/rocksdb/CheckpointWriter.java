package io.quorate.statemachine.rocksdb;

import io.quorate.statemachine.rocksdb.CheckpointManifest.FileEntry;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateStoreException;
import io.quorate.wal.io.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rocksdb.Checkpoint;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * Makes checkpoints of one database. Checksums of tables are computed once in the life of a store, when a checkpoint first holds
 * them, and inherited from the checkpoint that the store was opened from: a bit that flips later is then found by the next one
 * who opens. One checkpoint at a time; others wait.
 */
final class CheckpointWriter {
    private static final String UNFINISHED = ".making";

    private final SharedMemory shared;
    private final RocksDB db;
    private final Path live;
    /** Tables, by name, whose checksum is known. */
    private Map<String, FileEntry> known = new HashMap<>();
    /** Tables, by name, that this writer has fsynced. */
    private Set<String> synced = new HashSet<>();

    CheckpointWriter(SharedMemory shared, RocksDB db, Path live, List<FileEntry> inherited) {
        this.shared = shared;
        this.db = db;
        this.live = live;
        inherited.forEach(file -> known.put(file.name(), file));
    }

    /**
     * Makes a durable checkpoint.
     *
     * @param target does not exist yet; its parent does
     * @param checkIntact throws if what is in memory is not to be made durable any more
     * @return the position that it holds
     * @throws StateStoreException if it failed; what was made is removed
     */
    synchronized Position write(Path target, Runnable checkIntact) {
        if (Files.exists(target)) {
            throw new StateStoreException("checkpoint " + target + " exists already");
        }
        Path making = target.resolveSibling(target.getFileName() + UNFINISHED);
        try {
            removeUnfinished(making);
            try (Checkpoint checkpoint = Checkpoint.create(db)) {
                checkpoint.createCheckpoint(making.toString());
            }
            checkIntact.run();
            Position position = StoreDatabase.readPosition(shared, making, live);
            complete(making, position);
            publish(making, target);
            return position;
        } catch (IOException | RocksDBException | RuntimeException e) {
            StateStoreException failure = StoreErrors.failed("making checkpoint", target, e);
            try {
                removeUnfinished(making);
            } catch (IOException suppressed) {
                failure.addSuppressed(suppressed);
            }
            throw failure;
        }
    }

    /** Of this attempt, or of one that a crash ended: ours, and RocksDB's, which adds ".tmp" while it works. */
    private static void removeUnfinished(Path making) throws IOException {
        DurableFiles.deleteTree(making);
        DurableFiles.deleteTree(making.resolveSibling(making.getFileName() + ".tmp"));
    }

    private static void publish(Path making, Path target) throws IOException {
        Files.move(making, target, StandardCopyOption.ATOMIC_MOVE);
        try {
            DurableFiles.syncDirectory(target.toAbsolutePath().getParent());
        } catch (IOException e) {
            Files.move(target, making, StandardCopyOption.ATOMIC_MOVE);
            throw e;
        }
    }

    /** Describes and fsyncs what RocksDB made; the manifest last. */
    private void complete(Path making, Position position) throws IOException {
        List<FileEntry> files = new ArrayList<>();
        Map<String, FileEntry> nowKnown = new HashMap<>();
        Set<String> nowSynced = new HashSet<>();
        for (Path path : DirectoryFiles.list(making)) {
            String name = path.getFileName().toString();
            FileEntry file = known.get(name);
            if (file == null) {
                file = new FileEntry(name, Files.size(path), DirectIo.crc32c(path));
            }
            if (!synced.contains(name)) {
                DurableFiles.syncFile(path);
            }
            if (CheckpointReader.isImmutable(name)) {
                nowKnown.put(name, file);
                nowSynced.add(name);
            }
            files.add(file);
        }
        Path manifest = making.resolve(CheckpointManifest.FILE_NAME);
        Files.write(
                manifest,
                new CheckpointManifest(position, files).encode().toArray(),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE);
        DurableFiles.syncFile(manifest);
        DurableFiles.syncDirectory(making);
        known = nowKnown;
        synced = nowSynced;
    }
}
