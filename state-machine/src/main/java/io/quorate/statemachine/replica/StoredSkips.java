package io.quorate.statemachine.replica;

import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.statemachine.store.StateStore;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.Lsn;
import java.nio.ByteBuffer;

/** Entries that were skipped, as rows of {@link Keyspace#SYSTEM}: "skipped/" and u64 LSN to u32 checksum of the entry. */
final class StoredSkips {
    private static final Bytes PREFIX = Bytes.utf8("skipped/");

    private StoredSkips() {}

    private static Bytes key(Lsn lsn) {
        byte[] key = new byte[PREFIX.length() + Long.BYTES];
        PREFIX.copyTo(key, 0);
        ByteBuffer.wrap(key).putLong(PREFIX.length(), lsn.value());
        return Bytes.wrap(key);
    }

    static void add(LogEntry entry, StateBatch batch) {
        byte[] checksum =
                ByteBuffer.allocate(Integer.BYTES).putInt(entry.checksum()).array();
        batch.put(Keyspace.SYSTEM, key(entry.lsn()), Bytes.wrap(checksum));
    }

    static boolean contains(StateStore store, Lsn lsn) {
        return store.view(Keyspace.SYSTEM).get(key(lsn)).isPresent();
    }
}
