package io.quorate.statemachine.rocksdb;

import io.quorate.statemachine.rocksdb.CheckpointManifest.FileEntry;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateStoreException;
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
     * @return the position that it holds
     * @throws StateStoreException if it failed; what was made is removed
     */
    synchronized Position write(Path target) {
        if (Files.exists(target)) {
            throw new StateStoreException("checkpoint " + target + " exists already");
        }
        Path making = target.resolveSibling(target.getFileName() + UNFINISHED);
        Path made = making;
        try {
            removeLeftovers(making);
            try (Checkpoint checkpoint = Checkpoint.create(db)) {
                checkpoint.createCheckpoint(making.toString());
            }
            Position position = StoreDatabase.readPosition(shared, making, live);
            complete(making, position);
            Files.move(making, target, StandardCopyOption.ATOMIC_MOVE);
            made = target;
            DirectoryFiles.fsync(target.toAbsolutePath().getParent());
            return position;
        } catch (IOException | RocksDBException | RuntimeException e) {
            StateStoreException failure = StoreErrors.failed("making checkpoint", target, e);
            removeAfter(failure, made);
            throw failure;
        }
    }

    /** Leftovers of a crash: ours, and RocksDB's, which adds ".tmp" while it works. */
    private static void removeLeftovers(Path making) throws IOException {
        DirectoryFiles.deleteTree(making);
        DirectoryFiles.deleteTree(making.resolveSibling(making.getFileName() + ".tmp"));
    }

    private static void removeAfter(StateStoreException failure, Path made) {
        try {
            removeLeftovers(made);
        } catch (IOException e) {
            failure.addSuppressed(e);
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
                file = new FileEntry(name, Files.size(path), DirectoryFiles.crc32c(path));
            }
            if (!synced.contains(name)) {
                DirectoryFiles.fsync(path);
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
        DirectoryFiles.fsync(manifest);
        DirectoryFiles.fsync(making);
        known = nowKnown;
        synced = nowSynced;
    }
}
