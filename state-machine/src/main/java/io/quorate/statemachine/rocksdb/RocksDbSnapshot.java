package io.quorate.statemachine.rocksdb;

import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateSnapshot;
import java.nio.file.Path;
import java.util.Optional;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;

/** A native snapshot; freed when it is closed, or with its store. Always entered after its store, never before. */
final class RocksDbSnapshot implements StateSnapshot, RocksDbView.Lease {
    private final RocksDbStateStore store;
    private final StoreDatabase database;
    private final Path directory;
    private final NativeGuard guard;
    private final Snapshot snapshot;
    private final ReadOptions options;
    private final Position position;

    /** The caller keeps the store open meanwhile. */
    RocksDbSnapshot(RocksDbStateStore store, StoreDatabase database, Path directory) throws RocksDBException {
        this.store = store;
        this.database = database;
        this.directory = directory;
        this.guard = new NativeGuard("snapshot of state store " + directory);
        this.snapshot = database.db().getSnapshot();
        this.options = new ReadOptions().setSnapshot(snapshot);
        try {
            this.position = database.position(options);
        } catch (RocksDBException | RuntimeException e) {
            release();
            throw e;
        }
    }

    @Override
    public Position position() {
        return position;
    }

    @Override
    public StateView view(Keyspace keyspace) {
        return new RocksDbView(database, directory, keyspace, this, options, Optional.of(snapshot));
    }

    @Override
    public void enter() {
        store.guard().enter();
        try {
            guard.enter();
        } catch (RuntimeException e) {
            store.guard().exit();
            throw e;
        }
    }

    @Override
    public void exit() {
        guard.exit();
        store.guard().exit();
    }

    @Override
    public void checkOpen() {
        store.guard().checkOpen();
        guard.checkOpen();
    }

    /** Frees the native snapshot; the caller keeps the store open, or is closing it. */
    void release() {
        guard.close(() -> {
            options.close();
            database.db().releaseSnapshot(snapshot);
            snapshot.close();
        });
    }

    @Override
    public void close() {
        store.release(this);
    }
}
