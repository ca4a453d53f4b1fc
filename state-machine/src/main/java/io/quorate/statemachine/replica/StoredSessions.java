package io.quorate.statemachine.replica;

import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.statemachine.store.StateStore;
import io.quorate.wal.apply.SessionLimits;
import io.quorate.wal.apply.WriterSessions;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Writer sessions as rows of {@link Keyspace#SESSIONS}: u64 writer id to stored form. */
final class StoredSessions {
    private StoredSessions() {}

    static WriterSessions load(StateStore store, SessionLimits limits) {
        WriterSessions sessions = new WriterSessions(limits);
        store.view(Keyspace.SESSIONS).scan(Bytes.EMPTY, Optional.empty(), (key, value) -> {
            if (key.length() != Long.BYTES) {
                throw new CorruptFormatException("writer session under key " + key + ", which is no writer id");
            }
            sessions.load(key.longAt(0), value);
            return true;
        });
        return sessions;
    }

    /** Adds what changed since the last call. */
    static void drain(WriterSessions sessions, StateBatch batch) {
        sessions.drainChanges().forEach((writer, stored) -> {
            Bytes key =
                    Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(writer).array());
            if (stored.isPresent()) {
                batch.put(Keyspace.SESSIONS, key, stored.get());
            } else {
                batch.delete(Keyspace.SESSIONS, key);
            }
        });
    }
}
