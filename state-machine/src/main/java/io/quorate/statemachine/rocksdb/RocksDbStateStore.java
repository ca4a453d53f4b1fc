package io.quorate.statemachine.rocksdb;

import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.rocksdb.CheckpointManifest.FileEntry;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.statemachine.store.StateSnapshot;
import io.quorate.statemachine.store.StateStore;
import io.quorate.statemachine.store.StateStoreException;
import io.quorate.wal.log.Bytes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * A replica's state in a RocksDB that keeps no log of its own. One thread writes; anything else comes from any thread, closing
 * included.
 */
final class RocksDbStateStore implements StateStore {
    private final StoreDatabase database;
    private final Path directory;
    private final CheckpointWriter checkpoints;
    private final Runnable onClosed;
    private final NativeGuard guard;
    private final WriteOptions writeOptions = new WriteOptions().setDisableWAL(true);
    private final Set<RocksDbSnapshot> snapshots = ConcurrentHashMap.newKeySet();
    private volatile Position position;
    /** The write that failed; after it the memtables are not to be trusted with more. */
    private volatile StateStoreException failure;

    /**
     * Takes over the database.
     *
     * @param inherited files of the checkpoint that it was opened from
     * @param onClosed run when all is freed
     */
    RocksDbStateStore(
            SharedMemory shared,
            StoreDatabase database,
            Path directory,
            Position position,
            List<FileEntry> inherited,
            Runnable onClosed) {
        this.database = database;
        this.directory = directory;
        this.position = position;
        this.onClosed = onClosed;
        this.guard = new NativeGuard("state store " + directory);
        this.checkpoints = new CheckpointWriter(shared, database.db(), directory, inherited);
    }

    NativeGuard guard() {
        return guard;
    }

    @Override
    public Position position() {
        return position;
    }

    @Override
    public StateView view(Keyspace keyspace) {
        return new RocksDbView(this, database, keyspace, guard, ReadOptions::new);
    }

    @Override
    public StateSnapshot snapshot() {
        guard.enter();
        try {
            RocksDbSnapshot snapshot = new RocksDbSnapshot(this, database);
            snapshots.add(snapshot);
            return snapshot;
        } catch (RocksDBException e) {
            throw readFailed(e);
        } finally {
            guard.exit();
        }
    }

    /** A snapshot is no longer needed; a no-op if the store was closed, which freed it. */
    void release(RocksDbSnapshot snapshot) {
        if (!guard.tryEnter()) {
            return;
        }
        try {
            snapshot.release();
            snapshots.remove(snapshot);
        } finally {
            guard.exit();
        }
    }

    @Override
    public void write(StateBatch batch, Position newPosition) {
        guard.enter();
        try {
            if (failure != null) {
                throw new StateStoreException("state store " + directory + " failed before: reopen it", failure);
            }
            try (WriteBatch nativeBatch = new WriteBatch(encode(batch, newPosition))) {
                database.db().write(writeOptions, nativeBatch);
            }
            position = newPosition;
        } catch (RocksDBException e) {
            failure = StoreErrors.failed("writing to", directory, e);
            throw failure;
        } finally {
            guard.exit();
        }
    }

    private byte[] encode(StateBatch batch, Position newPosition) {
        if (batch.changes(Keyspace.SYSTEM).containsKey(StoreDatabase.POSITION_KEY)) {
            throw new IllegalArgumentException("key " + StoreDatabase.POSITION_KEY + " of SYSTEM is the position's");
        }
        Optional<Bytes> stored = Optional.of(newPosition.encode());
        int system = database.familyIds().get(Keyspace.SYSTEM);
        long size = WriteBatchEncoder.sizeOf(system, StoreDatabase.POSITION_KEY, stored);
        for (Keyspace keyspace : Keyspace.values()) {
            size += WriteBatchEncoder.sizeOf(database.familyIds().get(keyspace), batch.changes(keyspace));
        }
        WriteBatchEncoder encoder = new WriteBatchEncoder(size);
        encoder.add(system, StoreDatabase.POSITION_KEY, stored);
        for (Keyspace keyspace : Keyspace.values()) {
            int family = database.familyIds().get(keyspace);
            for (Map.Entry<Bytes, Optional<Bytes>> change :
                    batch.changes(keyspace).entrySet()) {
                encoder.add(family, change.getKey(), change.getValue());
            }
        }
        return encoder.finish();
    }

    @Override
    public Position checkpoint(Path target) {
        guard.enter();
        try {
            return checkpoints.write(target);
        } finally {
            guard.exit();
        }
    }

    @Override
    public long diskBytes() {
        guard.enter();
        try {
            long bytes = 0;
            for (Keyspace keyspace : Keyspace.values()) {
                bytes += database.db().getLongProperty(database.family(keyspace), "rocksdb.total-sst-files-size");
            }
            return bytes;
        } catch (RocksDBException e) {
            throw readFailed(e);
        } finally {
            guard.exit();
        }
    }

    StateStoreException readFailed(RocksDBException cause) {
        return StoreErrors.failed("reading", directory, cause);
    }

    /** Waits for reads, writes and checkpoints under way; scans end with an exception. A second call does nothing. */
    @Override
    public void close() {
        guard.close(() -> {
            snapshots.forEach(RocksDbSnapshot::release);
            writeOptions.close();
            database.close();
            onClosed.run();
        });
    }
}
