package io.quorate.statemachine.rocksdb;

import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.rocksdb.CheckpointManifest.FileEntry;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.statemachine.store.StateSnapshot;
import io.quorate.statemachine.store.StateStore;
import io.quorate.statemachine.store.StateStoreException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.rocksdb.RocksDBException;

/**
 * A replica's state in a RocksDB that keeps no log of its own. One thread writes; anything else comes from any thread, closing
 * included.
 */
final class RocksDbStateStore implements StateStore, WriteBufferBudget.Holder {
    private final StoreDatabase database;
    private final Path directory;
    private final WriteBufferBudget budget;
    private final CheckpointWriter checkpoints;
    private final Runnable onClosed;
    private final NativeGuard guard;
    /** Owned by the thread that writes. */
    private final BatchEncoder encoder = new BatchEncoder();

    private final Set<RocksDbSnapshot> snapshots = ConcurrentHashMap.newKeySet();
    private volatile Position position;
    /** The write or flush that failed: what it left is unknown, so no write follows it. */
    private volatile StateStoreException failure;

    /**
     * Takes over the database.
     *
     * @param position that it holds
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
        this.budget = shared.budget();
        this.position = position;
        this.onClosed = onClosed;
        this.guard = new NativeGuard("state store " + directory);
        this.checkpoints = new CheckpointWriter(shared, database.db(), directory, inherited);
        budget.add(this);
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
        return new RocksDbView(database, directory, keyspace, guard);
    }

    @Override
    public StateSnapshot snapshot() {
        guard.enter();
        try {
            RocksDbSnapshot snapshot = new RocksDbSnapshot(this, database, directory);
            snapshots.add(snapshot);
            return snapshot;
        } catch (RocksDBException e) {
            throw StoreErrors.failed("taking a snapshot of", directory, e);
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
            checkNotFailed();
            byte[] encoded = encoder.encode(batch, newPosition);
            database.write(encoded);
            position = newPosition;
            budget.wrote(encoded.length);
        } catch (RocksDBException e) {
            failure = StoreErrors.failed("writing to", directory, e);
            throw failure;
        } finally {
            guard.exit();
        }
    }

    private void checkNotFailed() {
        StateStoreException before = failure;
        if (before != null) {
            throw new StateStoreException(
                    "state store " + directory + " failed before, reopen it: " + before.getMessage(), before);
        }
    }

    @Override
    public long memtableBytes() {
        if (!guard.tryEnter()) {
            return 0;
        }
        try {
            return database.memtableBytes();
        } catch (RocksDBException e) {
            failure = StoreErrors.failed("asking for the memory of", directory, e);
            return 0;
        } finally {
            guard.exit();
        }
    }

    @Override
    public boolean isFlushing() {
        if (!guard.tryEnter()) {
            return true;
        }
        try {
            return database.isFlushing();
        } catch (RocksDBException e) {
            failure = StoreErrors.failed("asking for flushes of", directory, e);
            return true;
        } finally {
            guard.exit();
        }
    }

    @Override
    public void flush(boolean wait) {
        if (!guard.tryEnter()) {
            return;
        }
        try {
            database.flush(wait);
        } catch (RocksDBException e) {
            failure = StoreErrors.failed("flushing", directory, e);
        } finally {
            guard.exit();
        }
    }

    @Override
    public Position checkpoint(Path target) {
        guard.enter();
        try {
            checkNotFailed();
            return checkpoints.write(target, this::checkNotFailed);
        } finally {
            guard.exit();
        }
    }

    @Override
    public long diskBytes() {
        guard.enter();
        try {
            return database.diskBytes();
        } catch (RocksDBException e) {
            throw StoreErrors.failed("asking for the size of", directory, e);
        } finally {
            guard.exit();
        }
    }

    /** Waits for reads, writes and checkpoints under way; scans end with an exception. A second call does nothing. */
    @Override
    public void close() {
        guard.close(() -> {
            budget.remove(this);
            snapshots.forEach(RocksDbSnapshot::release);
            database.close();
            onClosed.run();
        });
    }
}
