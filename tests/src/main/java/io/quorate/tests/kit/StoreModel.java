package io.quorate.tests.kit;

import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * What a store must hold at each position of a history. Every batch changes every keyspace, so that no two positions have equal data.
 * Written by one thread, read by others.
 */
final class StoreModel {
    private static final int KEYS = 12;

    private final Map<Position, Map<Keyspace, TreeMap<Bytes, Bytes>>> states = new ConcurrentHashMap<>();

    private final long seed;

    StoreModel(long seed) {
        this.seed = seed;
        states.put(Position.START, copy(Map.of()));
    }

    private static Map<Keyspace, TreeMap<Bytes, Bytes>> copy(Map<Keyspace, TreeMap<Bytes, Bytes>> maps) {
        Map<Keyspace, TreeMap<Bytes, Bytes>> copy = new TreeMap<>();
        for (Keyspace keyspace : Keyspace.values()) {
            copy.put(keyspace, new TreeMap<>(maps.getOrDefault(keyspace, new TreeMap<>())));
        }
        return copy;
    }

    private static Position next(Position position) {
        long index = position.index() + 1;
        return new Position(new Lsn(position.lsn().value() + 3), 1 + index / 10, index, 1_000 + index * 7);
    }

    /**
     * Fills the batch behind a position, and notes what the store holds once it is written. Like a log that is applied again after a
     * restart, it is the same each time.
     */
    Position fill(StateBatch batch, Position before) {
        Position after = next(before);
        RandomGenerator random = new SplittableRandom(seed + after.index());
        Map<Keyspace, TreeMap<Bytes, Bytes>> maps = copy(states.get(before));
        for (Keyspace keyspace : Keyspace.values()) {
            TreeMap<Bytes, Bytes> map = maps.get(keyspace);
            put(batch, keyspace, map, Bytes.utf8("stamp"), Bytes.utf8(after.toString()));
            for (int i = random.nextInt(6); i > 0; i--) {
                Bytes key = key(random);
                if (random.nextInt(3) == 0) {
                    batch.delete(keyspace, key);
                    map.remove(key);
                } else {
                    put(batch, keyspace, map, key, Bytes.utf8("value " + random.nextInt()));
                }
            }
        }
        states.put(after, maps);
        return after;
    }

    private static void put(StateBatch batch, Keyspace keyspace, TreeMap<Bytes, Bytes> map, Bytes key, Bytes value) {
        batch.put(keyspace, key, value);
        map.put(key, value);
    }

    /** Of one or two bytes, the first also above 127: their order is that of unsigned bytes. */
    private static Bytes key(RandomGenerator random) {
        byte first = (byte) (random.nextInt(KEYS) * 21);
        return Bytes.wrap(random.nextBoolean() ? new byte[] {first} : new byte[] {first, (byte) random.nextInt(2)});
    }

    /** Throws if the views do not show exactly what was written up to the position. */
    void compare(Position position, Function<Keyspace, StateView> views, RandomGenerator random, String where) {
        Map<Keyspace, TreeMap<Bytes, Bytes>> maps = states.get(position);
        if (maps == null) {
            throw new BrokenRule(Finding.STORE_CONTRACT, where + ": nothing was ever written at " + position);
        }
        for (Keyspace keyspace : Keyspace.values()) {
            TreeMap<Bytes, Bytes> expected = maps.get(keyspace);
            TreeMap<Bytes, Bytes> found = scan(views.apply(keyspace), Bytes.EMPTY, Optional.empty(), where);
            if (!expected.equals(found)) {
                throw new BrokenRule(
                        Finding.POSITION_NOT_WITH_DATA,
                        where + " at " + position + " " + keyspace + " holds " + Reference.difference(expected, found));
            }
            compareReads(expected, views.apply(keyspace), random, where);
        }
    }

    private static void compareReads(
            TreeMap<Bytes, Bytes> expected, StateView view, RandomGenerator random, String where) {
        Bytes from = key(random);
        Bytes to = key(random);
        if (!view.get(from).equals(Optional.ofNullable(expected.get(from)))) {
            throw new BrokenRule(Finding.STORE_CONTRACT, where + ": get of " + from + " gave " + view.get(from));
        }
        TreeMap<Bytes, Bytes> wanted = new TreeMap<>(expected.tailMap(from));
        wanted.keySet().removeIf(key -> key.compareTo(to) >= 0);
        TreeMap<Bytes, Bytes> found = scan(view, from, Optional.of(to), where);
        if (!wanted.equals(found)) {
            throw new BrokenRule(
                    Finding.STORE_CONTRACT,
                    where + ": scan from " + from + " to before " + to + " gave " + found.keySet());
        }
    }

    private static TreeMap<Bytes, Bytes> scan(StateView view, Bytes from, Optional<Bytes> to, String where) {
        TreeMap<Bytes, Bytes> found = new TreeMap<>();
        view.scan(from, to, (key, value) -> {
            if (!found.isEmpty() && found.lastKey().compareTo(key) >= 0) {
                throw new BrokenRule(
                        Finding.STORE_CONTRACT, where + ": scan went from " + found.lastKey() + " to " + key);
            }
            found.put(key, value);
            return true;
        });
        return found;
    }
}
