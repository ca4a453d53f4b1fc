package io.quorate.statemachine.rocksdb;

import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.wal.log.Bytes;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** An open RocksDB with its column families, one for each keyspace, and every native object that it needs. */
final class StoreDatabase implements AutoCloseable {
    /** Key in {@link Keyspace#SYSTEM} under which the position lies; hidden from readers, refused to writers. */
    static final Bytes POSITION_KEY = Bytes.utf8("\0quorate.position");

    private final Deque<AutoCloseable> natives = new ArrayDeque<>();
    private final EnumMap<Keyspace, ColumnFamilyHandle> families = new EnumMap<>(Keyspace.class);
    private final EnumMap<Keyspace, Integer> familyIds = new EnumMap<>(Keyspace.class);
    private final RocksDB db;

    private StoreDatabase(SharedMemory shared, Path directory, boolean readOnly, Path logs) throws RocksDBException {
        try {
            DBOptions options = own(shared.databaseOptions()).setDbLogDir(logs.toString());
            List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
            for (Keyspace keyspace : Keyspace.values()) {
                ColumnFamilyOptions familyOptions = own(shared.familyOptions());
                descriptors.add(new ColumnFamilyDescriptor(familyName(keyspace), familyOptions));
            }
            List<ColumnFamilyHandle> handles = new ArrayList<>();
            db = own(
                    readOnly
                            ? RocksDB.openReadOnly(options, directory.toString(), descriptors, handles)
                            : RocksDB.open(options, directory.toString(), descriptors, handles));
            for (Keyspace keyspace : Keyspace.values()) {
                ColumnFamilyHandle handle = own(handles.get(keyspace.ordinal()));
                families.put(keyspace, handle);
                familyIds.put(keyspace, handle.getID());
            }
        } catch (RocksDBException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Opens for reading and writing; RocksDB's own messages go into the directory. */
    static StoreDatabase open(SharedMemory shared, Path directory) throws RocksDBException {
        return new StoreDatabase(shared, directory, false, directory);
    }

    /** Reads the position that a directory holds, without changing it; RocksDB's own messages go into {@code logs}. */
    static Position readPosition(SharedMemory shared, Path directory, Path logs) throws RocksDBException {
        try (StoreDatabase database = new StoreDatabase(shared, directory, true, logs);
                ReadOptions options = new ReadOptions()) {
            return database.position(options);
        }
    }

    private static byte[] familyName(Keyspace keyspace) {
        return keyspace == Keyspace.USER
                ? RocksDB.DEFAULT_COLUMN_FAMILY
                : Bytes.utf8(keyspace.name().toLowerCase(java.util.Locale.ROOT)).toArray();
    }

    private <T extends AutoCloseable> T own(T nativeObject) {
        natives.push(nativeObject);
        return nativeObject;
    }

    RocksDB db() {
        return db;
    }

    ColumnFamilyHandle family(Keyspace keyspace) {
        return families.get(keyspace);
    }

    Map<Keyspace, Integer> familyIds() {
        return familyIds;
    }

    /** The position stored, {@link Position#START} if none is. */
    Position position(ReadOptions options) throws RocksDBException {
        byte[] stored = db.get(family(Keyspace.SYSTEM), options, POSITION_KEY.toArray());
        return stored == null ? Position.START : Position.decode(Bytes.wrap(stored));
    }

    /** Frees everything, last opened first. */
    @Override
    public void close() {
        while (!natives.isEmpty()) {
            try {
                natives.pop().close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("closing RocksDB", e);
            }
        }
    }
}
