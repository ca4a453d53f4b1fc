package io.quorate.statemachine.kv;

import io.quorate.wal.log.Bytes;
import java.util.Objects;

/**
 * A key, its value, and when it was written.
 *
 * @param key 1 to 65,535 bytes
 * @param value may be empty
 * @param version LSN of the command that wrote it, from 1; changes with every write, also of an equal value
 */
public record KvEntry(Bytes key, Bytes value, long version) {
    public KvEntry {
        KvKeys.check(key);
        Objects.requireNonNull(value, "value");
        if (version < 1) {
            throw new IllegalArgumentException("version < 1: " + version);
        }
    }
}
