package io.quorate.statemachine.rocksdb;

import io.quorate.statemachine.store.Position;
import io.quorate.wal.log.Bytes;
import java.io.IOException;
import java.nio.file.Path;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** An open RocksDB and the native objects that go with it. Whoever calls keeps it open meanwhile. */
final class StoreDatabase implements AutoCloseable {
    private static final String MEMTABLE_BYTES = "rocksdb.cur-size-all-mem-tables";
    private static final String FLUSH_PENDING = "rocksdb.mem-table-flush-pending";
    private static final String RUNNING_FLUSHES = "rocksdb.num-running-flushes";
    private static final String TABLE_BYTES = "rocksdb.total-sst-files-size";

    private final Options options;
    private final RocksDB db;
    private final WriteOptions writeOptions = new WriteOptions().setDisableWAL(true);
    private final ReadOptions latest = new ReadOptions();
    private final FlushOptions flushLater =
            new FlushOptions().setWaitForFlush(false).setAllowWriteStall(true);
    private final FlushOptions flushNow =
            new FlushOptions().setWaitForFlush(true).setAllowWriteStall(false);

    private StoreDatabase(Options options, RocksDB db) {
        this.options = options;
        this.db = db;
    }

    /** Opens a live directory for reading and writing; RocksDB's own messages go there, too. */
    static StoreDatabase open(SharedMemory shared, Path directory) throws IOException, RocksDBException {
        Options options = shared.options(DirectIo.isSupported(directory.resolve(LiveDirectory.MARKER)));
        try {
            return new StoreDatabase(options, RocksDB.open(options, directory.toString()));
        } catch (RocksDBException | RuntimeException e) {
            options.close();
            throw e;
        }
    }

    /** Reads the position that a directory holds, without changing it; RocksDB's own messages go into {@code logs}. */
    static Position readPosition(SharedMemory shared, Path directory, Path logs) throws RocksDBException {
        try (Options options = shared.options(false).setDbLogDir(logs.toString());
                RocksDB db = RocksDB.openReadOnly(options, directory.toString());
                ReadOptions read = new ReadOptions()) {
            return position(db, read);
        }
    }

    private static Position position(RocksDB db, ReadOptions read) throws RocksDBException {
        byte[] stored = db.get(read, KeyLayout.position());
        return stored == null ? Position.START : Position.decode(Bytes.wrap(stored));
    }

    RocksDB db() {
        return db;
    }

    /** For reads of the latest state. Not to be changed. */
    ReadOptions latest() {
        return latest;
    }

    /** The position stored, {@link Position#START} if none is. */
    Position position(ReadOptions read) throws RocksDBException {
        return position(db, read);
    }

    void write(byte[] serializedBatch) throws RocksDBException {
        try (WriteBatch batch = new WriteBatch(serializedBatch)) {
            db.write(writeOptions, batch);
        }
    }

    /** Native bytes of the memtables that a flush frees: not of those that only readers hold. */
    long memtableBytes() throws RocksDBException {
        return db.getLongProperty(MEMTABLE_BYTES);
    }

    /** Bytes of tables on disk, roughly. */
    long diskBytes() throws RocksDBException {
        return db.getLongProperty(TABLE_BYTES);
    }

    /** True if memtables are being flushed, or wait for a thread to do it. */
    boolean isFlushing() throws RocksDBException {
        return db.getLongProperty(FLUSH_PENDING) > 0 || db.getLongProperty(RUNNING_FLUSHES) > 0;
    }

    /** Starts a flush of all memtables; waits for its end if asked to. */
    void flush(boolean wait) throws RocksDBException {
        try {
            db.flush(wait ? flushNow : flushLater);
        } catch (RocksDBException e) {
            // Writes wait for a flush already: another one is not needed.
            if (wait || e.getStatus() == null || e.getStatus().getCode() != Status.Code.TryAgain) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        db.close();
        flushNow.close();
        flushLater.close();
        latest.close();
        writeOptions.close();
        options.close();
    }
}
