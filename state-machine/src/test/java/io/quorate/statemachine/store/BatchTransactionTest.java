package io.quorate.statemachine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.app.StateView;
import io.quorate.wal.log.Bytes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class BatchTransactionTest {
    private enum Kind {
        PUT,
        DELETE,
        SAVEPOINT,
        ROLLBACK,
        COMMIT
    }

    private record Step(Kind kind, Bytes key, Bytes value) {}

    @Provide
    Arbitrary<Bytes> keys() {
        return Arbitraries.strings().withChars('a', 'b').ofMaxLength(2).map(Bytes::utf8);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds = Arbitraries.of(Kind.PUT, Kind.PUT, Kind.PUT, Kind.DELETE, Kind.DELETE, Kind.SAVEPOINT)
                .edgeCases(edges -> edges.none());
        Arbitrary<Kind> all = Arbitraries.oneOf(kinds, Arbitraries.of(Kind.class));
        return Combinators.combine(all, keys(), keys()).as(Step::new).list().ofMaxSize(40);
    }

    @Property
    void showsItsOwnWritesOverTheStateAndTakesThemBackToTheSavepoint(
            @ForAll("steps") List<Step> steps,
            @ForAll("keys") Bytes from,
            @ForAll("keys") Bytes to,
            @ForAll boolean open) {
        MapView base = new MapView();
        StateBatch batch = new StateBatch();
        BatchTransaction transaction = new BatchTransaction(base, batch, Keyspace.USER);
        TreeMap<Bytes, Bytes> model = new TreeMap<>();
        TreeMap<Bytes, Bytes> saved = new TreeMap<>();
        for (Step step : steps) {
            switch (step.kind()) {
                case PUT -> {
                    transaction.put(step.key(), step.value());
                    model.put(step.key(), step.value());
                }
                case DELETE -> {
                    transaction.delete(step.key());
                    model.remove(step.key());
                }
                case SAVEPOINT -> {
                    transaction.savepoint();
                    saved = new TreeMap<>(model);
                }
                case ROLLBACK -> {
                    transaction.rollback();
                    model = new TreeMap<>(saved);
                }
                case COMMIT -> {
                    base.write(batch);
                    batch = new StateBatch();
                    transaction = new BatchTransaction(base, batch, Keyspace.USER);
                    saved = new TreeMap<>(model);
                }
            }
            assertThat(scan(transaction, Bytes.EMPTY, Optional.empty(), 99)).isEqualTo(model);
            assertThat(transaction.get(step.key())).isEqualTo(Optional.ofNullable(model.get(step.key())));
        }
        Optional<Bytes> end = open ? Optional.empty() : Optional.of(to);
        TreeMap<Bytes, Bytes> expected = new TreeMap<>(model.tailMap(from));
        expected.keySet().removeIf(key -> !open && key.compareTo(to) >= 0);
        assertThat(scan(transaction, from, end, 99)).isEqualTo(expected);
        Map<Bytes, Bytes> firstTwo = new LinkedHashMap<>();
        expected.entrySet().stream().limit(2).forEach(e -> firstTwo.put(e.getKey(), e.getValue()));
        assertThat(scan(transaction, from, end, 2)).isEqualTo(firstTwo);
    }

    private static Map<Bytes, Bytes> scan(StateView view, Bytes from, Optional<Bytes> to, int limit) {
        Map<Bytes, Bytes> seen = new LinkedHashMap<>();
        Bytes[] last = new Bytes[1];
        view.scan(from, to, (key, value) -> {
            assertThat(last[0] == null || last[0].compareTo(key) < 0)
                    .as("in order")
                    .isTrue();
            assertThat(seen.size()).as("visited after the visitor had enough").isLessThan(limit);
            last[0] = key;
            seen.put(key, value);
            return seen.size() < limit;
        });
        return seen;
    }
}
