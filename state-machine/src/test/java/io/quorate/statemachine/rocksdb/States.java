package io.quorate.statemachine.rocksdb;

import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.statemachine.store.StateStore;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Small states for tests. */
final class States {
    private States() {}

    static Position position(long index) {
        return new Position(new Lsn(index + 1), 1, index, 1_000 + index);
    }

    static Bytes key(long number) {
        return Bytes.utf8(String.format("key-%08d", number));
    }

    /** Bytes that do not compress, the same for the same seed. */
    static Bytes noise(long seed, int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return Bytes.wrap(bytes);
    }

    /** Writes one user key as batch {@code index}. */
    static void put(StateStore store, long index, Bytes key, Bytes value) {
        StateBatch batch = new StateBatch();
        batch.put(Keyspace.USER, key, value);
        store.write(batch, position(index));
    }

    static TreeMap<Bytes, Bytes> all(StateView view) {
        TreeMap<Bytes, Bytes> seen = new TreeMap<>();
        view.scan(Bytes.EMPTY, Optional.empty(), (key, value) -> {
            seen.put(key, value);
            return true;
        });
        return seen;
    }
}
