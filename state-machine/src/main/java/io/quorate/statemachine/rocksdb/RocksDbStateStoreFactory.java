package io.quorate.statemachine.rocksdb;

import io.quorate.statemachine.rocksdb.CheckpointManifest.FileEntry;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateStore;
import io.quorate.statemachine.store.StateStoreException;
import io.quorate.statemachine.store.StateStoreFactory;
import io.quorate.wal.log.CorruptFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.rocksdb.RocksDBException;

/**
 * Opens RocksDB stores that share one memory budget. One factory serves all shards of a process; close it after its stores.
 * Thread-safe.
 */
public final class RocksDbStateStoreFactory implements StateStoreFactory, AutoCloseable {
    private final SharedMemory shared;
    /** Live directories of the stores that are open. */
    private final Set<Path> inUse = ConcurrentHashMap.newKeySet();

    /** @param memory that all stores of this factory share */
    public RocksDbStateStoreFactory(RocksDbMemory memory) {
        this.shared = new SharedMemory(memory);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Every byte of the checkpoint is read and compared with its manifest first. The live directory is locked against other
     * processes until the store is closed.
     */
    @Override
    public StateStore open(Path live, Optional<Path> checkpoint) {
        Path directory = live.toAbsolutePath().normalize();
        if (!inUse.add(directory)) {
            throw new StateStoreException(directory + " is in use by another store of this process");
        }
        try {
            return openClaimed(directory, checkpoint.map(CheckpointReader::verify));
        } catch (IOException | RocksDBException e) {
            inUse.remove(directory);
            throw StoreErrors.failed("opening", directory, e);
        } catch (RuntimeException e) {
            inUse.remove(directory);
            throw e;
        }
    }

    private StateStore openClaimed(Path directory, Optional<CheckpointReader> checkpoint)
            throws IOException, RocksDBException {
        LiveDirectory live = LiveDirectory.claim(directory);
        try {
            if (checkpoint.isPresent()) {
                checkpoint.get().copyTo(directory);
            }
            StoreDatabase database = StoreDatabase.open(shared, directory);
            try {
                return store(live, database, checkpoint);
            } catch (RocksDBException | RuntimeException e) {
                database.close();
                throw e;
            }
        } catch (IOException | RocksDBException | RuntimeException e) {
            live.close();
            throw e;
        }
    }

    private StateStore store(LiveDirectory live, StoreDatabase database, Optional<CheckpointReader> checkpoint)
            throws RocksDBException {
        List<FileEntry> inherited = checkpoint
                .map(reader -> reader.manifest().files().stream()
                        .filter(file -> CheckpointReader.isImmutable(file.name()))
                        .toList())
                .orElse(List.of());
        Position expected =
                checkpoint.map(reader -> reader.manifest().position()).orElse(Position.START);
        Position found = position(database, live.path());
        if (!found.equals(expected)) {
            throw StoreErrors.damaged(live.path(), "opened at " + found + ", its manifest says " + expected);
        }
        return new RocksDbStateStore(shared, database, live.path(), found, inherited, () -> release(live));
    }

    private static Position position(StoreDatabase database, Path directory) throws RocksDBException {
        try {
            return database.position(database.latest());
        } catch (CorruptFormatException e) {
            throw StoreErrors.damaged(directory, "opened without a position: " + e.getMessage(), e);
        }
    }

    private void release(LiveDirectory live) {
        try {
            live.close();
        } catch (IOException e) {
            throw new UncheckedIOException("closing " + live.path(), e);
        } finally {
            inUse.remove(live.path());
        }
    }

    /**
     * Verifies a checkpoint, for example one that was received from a peer, without opening it.
     *
     * @return the position that it holds
     * @throws StateStoreException if anything is missing, damaged or of an unknown version; names the file
     */
    public static Position verify(Path checkpoint) {
        return CheckpointReader.verify(checkpoint).manifest().position();
    }

    /** Native bytes in use: cached blocks, and memtables charged to the cache. */
    public long usedBytes() {
        return shared.usedBytes();
    }

    /** Frees what the stores shared; they must be closed. */
    @Override
    public void close() {
        if (!inUse.isEmpty()) {
            throw new IllegalStateException("stores still open: " + inUse);
        }
        shared.close();
    }
}
