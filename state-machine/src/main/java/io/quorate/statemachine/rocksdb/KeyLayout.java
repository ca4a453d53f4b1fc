package io.quorate.statemachine.rocksdb;

import io.quorate.statemachine.store.Keyspace;
import io.quorate.wal.log.Bytes;

/**
 * How keyspaces share one ordered map: each key begins with a byte that says whose it is. One column family holds them all, so
 * that any prefix of the batches written is consistent by itself, whatever is flushed when.
 *
 * <pre>
 * 0x00           the position
 * 0x10, key      USER
 * 0x20, key      SESSIONS
 * 0x30, key      SYSTEM
 * </pre>
 */
final class KeyLayout {
    private static final byte[] POSITION = {0x00};

    private KeyLayout() {}

    static byte[] position() {
        return POSITION.clone();
    }

    /** First byte of the keys of a keyspace. */
    static byte code(Keyspace keyspace) {
        return switch (keyspace) {
            case USER -> 0x10;
            case SESSIONS -> 0x20;
            case SYSTEM -> 0x30;
        };
    }

    static byte[] stored(Keyspace keyspace, Bytes key) {
        byte[] stored = new byte[1 + key.length()];
        stored[0] = code(keyspace);
        key.copyTo(stored, 1);
        return stored;
    }

    /** Just behind the last key of a keyspace. */
    static byte[] end(Keyspace keyspace) {
        return new byte[] {(byte) (code(keyspace) + 1)};
    }

    /** The key as it was given. */
    static Bytes given(byte[] stored) {
        return Bytes.wrap(stored, 1, stored.length - 1);
    }
}
