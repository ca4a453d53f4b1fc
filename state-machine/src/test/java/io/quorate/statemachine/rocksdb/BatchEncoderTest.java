package io.quorate.statemachine.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.wal.log.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** RocksDB itself reads what was encoded. */
class BatchEncoderTest {
    static {
        NativeLibrary.load();
    }

    private final BatchEncoder encoder = new BatchEncoder();

    @Property(tries = 300)
    void rocksDbReadsEveryChangeOnceAndThePosition(@ForAll("batches") List<Map<Bytes, Optional<Bytes>>> batches)
            throws RocksDBException {
        int index = 0;
        for (Map<Bytes, Optional<Bytes>> changes : batches) {
            StateBatch batch = new StateBatch();
            Map<Bytes, Optional<Bytes>> expected = new HashMap<>();
            for (Map.Entry<Bytes, Optional<Bytes>> change : changes.entrySet()) {
                Keyspace keyspace =
                        Keyspace.values()[Math.floorMod(change.getKey().hashCode(), 3)];
                change.getValue()
                        .ifPresentOrElse(
                                value -> batch.put(keyspace, change.getKey(), value),
                                () -> batch.delete(keyspace, change.getKey()));
                expected.put(Bytes.wrap(KeyLayout.stored(keyspace, change.getKey())), change.getValue());
            }
            expected.put(
                    Bytes.wrap(KeyLayout.position()),
                    Optional.of(States.position(index).encode()));

            List<Map.Entry<Bytes, Optional<Bytes>>> read = decode(encoder.encode(batch, States.position(index)));

            assertThat(read).hasSize(expected.size());
            assertThat(read.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)))
                    .isEqualTo(expected);
            index++;
        }
    }

    @Provide
    Arbitrary<List<Map<Bytes, Optional<Bytes>>>> batches() {
        Arbitrary<Bytes> keys =
                Arbitraries.bytes().array(byte[].class).ofMaxSize(12).map(Bytes::wrap);
        Arbitrary<Integer> sizes = Arbitraries.of(0, 1, 127, 128, 16_383, 16_384, 70_000);
        Arbitrary<Bytes> values =
                Combinators.combine(Arbitraries.longs(), sizes).as(States::noise);
        return Arbitraries.maps(keys, values.optional(0.8)).ofMaxSize(30).list().ofMaxSize(6);
    }

    private static List<Map.Entry<Bytes, Optional<Bytes>>> decode(byte[] encoded) throws RocksDBException {
        List<Map.Entry<Bytes, Optional<Bytes>>> changes = new ArrayList<>();
        try (WriteBatch batch = new WriteBatch(encoded);
                ChangeCollector collector = new ChangeCollector(changes)) {
            batch.iterate(collector);
            assertThat(batch.count()).isEqualTo(changes.size());
        }
        return changes;
    }

    @Test
    void keysArriveInOrderWhereTheyDifferEarly() throws RocksDBException {
        StateBatch batch = new StateBatch();
        for (int i = 0; i < 3_000; i++) {
            batch.put(Keyspace.USER, States.key(i * 7_919 % 100_003), Bytes.EMPTY);
        }

        List<Bytes> keys = decode(encoder.encode(batch, States.position(0))).stream()
                .map(Map.Entry::getKey)
                .toList();

        assertThat(keys).hasSize(3_001).isSorted();
    }

    @Test
    void arrayOfALargeBatchIsNotKeptForASmallOne() {
        StateBatch large = new StateBatch();
        large.put(Keyspace.USER, States.key(1), States.noise(1, 6 << 20));

        assertThat(encoder.encode(large, States.position(0))).hasSizeGreaterThan(6 << 20);
        assertThat(encoder.encode(new StateBatch(), States.position(1))).hasSizeLessThan(200);
    }
}
