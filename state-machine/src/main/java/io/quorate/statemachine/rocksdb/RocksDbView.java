package io.quorate.statemachine.rocksdb;

import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.wal.log.Bytes;
import java.util.Optional;
import java.util.function.Supplier;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/** Reads of one keyspace. Thread-safe; a use of the closed store or snapshot is a named exception. */
final class RocksDbView implements StateView {
    private final RocksDbStateStore store;
    private final RocksDB db;
    private final ColumnFamilyHandle family;
    private final Keyspace keyspace;
    private final NativeGuard guard;
    /** New options that see the state that this view shows. */
    private final Supplier<ReadOptions> options;

    RocksDbView(
            RocksDbStateStore store,
            StoreDatabase database,
            Keyspace keyspace,
            NativeGuard guard,
            Supplier<ReadOptions> options) {
        this.store = store;
        this.db = database.db();
        this.family = database.family(keyspace);
        this.keyspace = keyspace;
        this.guard = guard;
        this.options = options;
    }

    private boolean isHidden(Bytes key) {
        return keyspace == Keyspace.SYSTEM && key.equals(StoreDatabase.POSITION_KEY);
    }

    @Override
    public Optional<Bytes> get(Bytes key) {
        enter();
        try (ReadOptions read = options.get()) {
            return isHidden(key)
                    ? Optional.empty()
                    : Optional.ofNullable(db.get(family, read, key.toArray())).map(Bytes::wrap);
        } catch (RocksDBException e) {
            throw store.readFailed(e);
        } finally {
            exit();
        }
    }

    @Override
    public void scan(Bytes from, Optional<Bytes> to, Visitor visitor) {
        enter();
        try (ReadOptions read = options.get();
                Slice bound = to.map(end -> new Slice(end.toArray())).orElse(null)) {
            if (bound != null) {
                read.setIterateUpperBound(bound);
            }
            try (RocksIterator iterator = db.newIterator(family, read)) {
                visit(iterator, from, visitor);
            }
        } catch (RocksDBException e) {
            throw store.readFailed(e);
        } finally {
            exit();
        }
    }

    private void visit(RocksIterator iterator, Bytes from, Visitor visitor) throws RocksDBException {
        for (iterator.seek(from.toArray()); iterator.isValid(); iterator.next()) {
            store.guard().checkOpen();
            guard.checkOpen();
            Bytes key = Bytes.wrap(iterator.key());
            if (!isHidden(key) && !visitor.visit(key, Bytes.wrap(iterator.value()))) {
                return;
            }
        }
        iterator.status();
    }

    /** Always the store before the snapshot, so that their closing cannot wait for each other. */
    private void enter() {
        store.guard().enter();
        if (guard != store.guard()) {
            try {
                guard.enter();
            } catch (RuntimeException e) {
                store.guard().exit();
                throw e;
            }
        }
    }

    private void exit() {
        if (guard != store.guard()) {
            guard.exit();
        }
        store.guard().exit();
    }
}
