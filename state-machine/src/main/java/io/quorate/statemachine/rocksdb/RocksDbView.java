package io.quorate.statemachine.rocksdb;

import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.StateStoreException;
import io.quorate.wal.log.Bytes;
import java.nio.file.Path;
import java.util.Optional;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/** Reads of one keyspace, latest or of a snapshot. Thread-safe; a use after closing is a named exception. */
final class RocksDbView implements StateView {
    private final StoreDatabase database;
    private final Path directory;
    private final Keyspace keyspace;
    private final Lease lease;
    private final ReadOptions options;
    private final Optional<Snapshot> snapshot;

    /** Keeps what a view reads alive while it reads. */
    interface Lease {
        void enter();

        void exit();

        /** Throws if somebody waits for this reader to end. */
        void checkOpen();
    }

    /** A view of the latest state. */
    RocksDbView(StoreDatabase database, Path directory, Keyspace keyspace, Lease lease) {
        this(database, directory, keyspace, lease, database.latest(), Optional.empty());
    }

    /** @param options that see the snapshot, if there is one */
    RocksDbView(
            StoreDatabase database,
            Path directory,
            Keyspace keyspace,
            Lease lease,
            ReadOptions options,
            Optional<Snapshot> snapshot) {
        this.database = database;
        this.directory = directory;
        this.keyspace = keyspace;
        this.lease = lease;
        this.options = options;
        this.snapshot = snapshot;
    }

    @Override
    public Optional<Bytes> get(Bytes key) {
        lease.enter();
        try {
            byte[] value = database.db().get(options, KeyLayout.stored(keyspace, key));
            return value == null ? Optional.empty() : Optional.of(Bytes.wrap(value));
        } catch (RocksDBException e) {
            throw failed(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public void scan(Bytes from, Optional<Bytes> to, Visitor visitor) {
        byte[] end = to.map(bound -> KeyLayout.stored(keyspace, bound)).orElseGet(() -> KeyLayout.end(keyspace));
        lease.enter();
        try (Slice bound = new Slice(end);
                ReadOptions bounded = new ReadOptions().setIterateUpperBound(bound)) {
            snapshot.ifPresent(bounded::setSnapshot);
            try (RocksIterator iterator = database.db().newIterator(bounded)) {
                visit(iterator, from, visitor);
            }
        } catch (RocksDBException e) {
            throw failed(e);
        } finally {
            lease.exit();
        }
    }

    private void visit(RocksIterator iterator, Bytes from, Visitor visitor) throws RocksDBException {
        boolean wanted = true;
        for (iterator.seek(KeyLayout.stored(keyspace, from)); wanted && iterator.isValid(); iterator.next()) {
            lease.checkOpen();
            wanted = visitor.visit(KeyLayout.given(iterator.key()), Bytes.wrap(iterator.value()));
        }
        iterator.status();
    }

    private StateStoreException failed(RocksDBException cause) {
        return StoreErrors.failed("reading", directory, cause);
    }
}
