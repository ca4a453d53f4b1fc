package io.quorate.statemachine.rocksdb;

import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateSnapshot;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;

/** A native snapshot; freed when it is closed, or with its store. */
final class RocksDbSnapshot implements StateSnapshot {
    private final RocksDbStateStore store;
    private final StoreDatabase database;
    private final NativeGuard guard = new NativeGuard("snapshot");
    private final Snapshot snapshot;
    private final Position position;

    /** The store is held open by the caller meanwhile. */
    RocksDbSnapshot(RocksDbStateStore store, StoreDatabase database) throws RocksDBException {
        this.store = store;
        this.database = database;
        this.snapshot = database.db().getSnapshot();
        try (ReadOptions options = readOptions()) {
            this.position = database.position(options);
        } catch (RocksDBException | RuntimeException e) {
            database.db().releaseSnapshot(snapshot);
            throw e;
        }
    }

    private ReadOptions readOptions() {
        return new ReadOptions().setSnapshot(snapshot);
    }

    @Override
    public Position position() {
        return position;
    }

    @Override
    public StateView view(Keyspace keyspace) {
        return new RocksDbView(store, database, keyspace, guard, this::readOptions);
    }

    /** Frees the native snapshot; the store is held open, or closed by the caller and by nobody else. */
    void release() {
        guard.close(() -> {
            database.db().releaseSnapshot(snapshot);
            snapshot.close();
        });
    }

    @Override
    public void close() {
        store.release(this);
    }
}
