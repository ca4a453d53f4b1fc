package io.quorate.statemachine.store;

import io.quorate.wal.log.Bytes;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Changes that become visible and durable together: the last write to a key wins. Not thread-safe.
 *
 * <p>A value of {@link Optional#empty()} removes its key.
 */
public final class StateBatch {
    private final EnumMap<Keyspace, Map<Bytes, Optional<Bytes>>> changes = new EnumMap<>(Keyspace.class);
    private long bytes;

    /** An empty one. */
    public StateBatch() {
        for (Keyspace keyspace : Keyspace.values()) {
            changes.put(keyspace, new HashMap<>());
        }
    }

    /** Sets a key, or removes it; returns what the batch held for it before: null if it held nothing. */
    Optional<Bytes> set(Keyspace keyspace, Bytes key, Optional<Bytes> value) {
        bytes += key.length() + value.map(Bytes::length).orElse(0);
        return changes.get(keyspace).put(key, value);
    }

    /** Puts a value under a key; the last change of a key counts. */
    public void put(Keyspace keyspace, Bytes key, Bytes value) {
        set(keyspace, key, Optional.of(value));
    }

    /** Removes a key, if it is there; the last change of a key counts. */
    public void delete(Keyspace keyspace, Bytes key) {
        set(keyspace, key, Optional.empty());
    }

    /** Changes of a keyspace, in no particular order. */
    public Map<Bytes, Optional<Bytes>> changes(Keyspace keyspace) {
        return Collections.unmodifiableMap(changes.get(keyspace));
    }

    /** Bytes of keys and values that were put in, overwritten ones included. */
    public long bytes() {
        return bytes;
    }

    void restore(Keyspace keyspace, Bytes key, Optional<Bytes> previous) {
        if (previous == null) {
            changes.get(keyspace).remove(key);
        } else {
            changes.get(keyspace).put(key, previous);
        }
    }
}
