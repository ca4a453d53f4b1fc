package io.quorate.statemachine.kv;

import io.quorate.wal.log.Bytes;
import java.util.Optional;

/** The rules for keys. */
final class KvKeys {
    static final int MAX_BYTES = 0xffff;

    private KvKeys() {}

    static Bytes check(Bytes key) {
        if (key.isEmpty() || key.length() > MAX_BYTES) {
            throw new IllegalArgumentException("key of " + key.length() + " bytes; it must have 1 to " + MAX_BYTES);
        }
        return key;
    }

    /** The first key behind all that begin with the prefix; empty if there is none. */
    static Optional<Bytes> endOfPrefix(Bytes prefix) {
        int length = prefix.length();
        while (length > 0 && prefix.at(length - 1) == (byte) 0xff) {
            length--;
        }
        if (length == 0) {
            return Optional.empty();
        }
        byte[] end = prefix.slice(0, length).toArray();
        end[length - 1]++;
        return Optional.of(Bytes.wrap(end));
    }
}
