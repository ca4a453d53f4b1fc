package io.quorate.statemachine.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.statemachine.store.StateSnapshot;
import io.quorate.statemachine.store.StateStore;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
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
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** A store behaves like sorted maps, whatever is written, copied and opened again. */
class StoreModelTest {
    private static RocksDbStateStoreFactory factory;

    /** One thing that happens to a store. */
    sealed interface Action permits Write, TakeCheckpoint, Reopen, TakeSnapshot {}

    /** Keys with a value are put, those without are deleted. */
    record Write(Map<Keyspace, Map<Bytes, Optional<Bytes>>> changes) implements Action {}

    record TakeCheckpoint() implements Action {}

    /** From one of the checkpoints taken so far, chosen by {@code which}; empty if there is none. */
    record Reopen(int which) implements Action {}

    record TakeSnapshot() implements Action {}

    @BeforeContainer
    static void openFactory() {
        factory = new RocksDbStateStoreFactory(new RocksDbMemory(8 << 20, 4 << 20, 64 << 10, 2));
    }

    @AfterContainer
    static void closeFactory() {
        factory.close();
    }

    @Property(tries = 60)
    void storeEqualsTheModelAfterAnyActions(
            @ForAll("actions") List<Action> actions, @ForAll("keys") Bytes from, @ForAll("keys") Bytes to)
            throws IOException {
        Path root = Files.createTempDirectory("quorate-model");
        try (Run run = new Run(root)) {
            for (Action action : actions) {
                run.perform(action);
                run.check(from, to);
            }
        } finally {
            DirectoryFiles.deleteTree(root);
        }
    }

    @Provide
    Arbitrary<Bytes> keys() {
        return Arbitraries.bytes()
                .array(byte[].class)
                .ofMaxSize(3)
                .map(Bytes::wrap)
                .edgeCases(config -> config.add(Bytes.EMPTY, Bytes.wrap(new byte[] {-1, -1, -1})));
    }

    @Provide
    Arbitrary<List<Action>> actions() {
        Arbitrary<Bytes> values =
                Arbitraries.bytes().array(byte[].class).ofMaxSize(300).map(Bytes::wrap);
        Arbitrary<Map<Bytes, Optional<Bytes>>> changes =
                Arbitraries.maps(keys(), values.optional(0.7)).ofMaxSize(40);
        Arbitrary<Action> write = Combinators.combine(changes, changes, changes)
                .as((user, sessions, system) ->
                        new Write(Map.of(Keyspace.USER, user, Keyspace.SESSIONS, sessions, Keyspace.SYSTEM, system)));
        Arbitrary<Action> reopen = Arbitraries.integers().between(0, 100).map(Reopen::new);
        return Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(6, write),
                        net.jqwik.api.Tuple.of(2, Arbitraries.just(new TakeCheckpoint())),
                        net.jqwik.api.Tuple.of(1, reopen),
                        net.jqwik.api.Tuple.of(2, Arbitraries.just(new TakeSnapshot())))
                .list()
                .ofMaxSize(20);
    }

    /** A state as plain sorted maps. */
    private record Model(Position position, EnumMap<Keyspace, TreeMap<Bytes, Bytes>> data) {
        static Model empty() {
            EnumMap<Keyspace, TreeMap<Bytes, Bytes>> data = new EnumMap<>(Keyspace.class);
            for (Keyspace keyspace : Keyspace.values()) {
                data.put(keyspace, new TreeMap<>());
            }
            return new Model(Position.START, data);
        }

        Model after(Write write, Position next) {
            Model copy = empty();
            for (Keyspace keyspace : Keyspace.values()) {
                TreeMap<Bytes, Bytes> map = copy.data.get(keyspace);
                map.putAll(data.get(keyspace));
                write.changes().get(keyspace).forEach((key, value) -> {
                    map.remove(key);
                    value.ifPresent(present -> map.put(key, present));
                });
            }
            return new Model(next, copy.data);
        }
    }

    /** The store under test beside its model. */
    private static final class Run implements AutoCloseable {
        private record Copy(Path directory, Model model) {}

        private record Still(StateSnapshot snapshot, Model model) {}

        private final Path root;
        private final List<Copy> checkpoints = new ArrayList<>();
        private final List<Still> snapshots = new ArrayList<>();
        private StateStore store;
        private Model model = Model.empty();

        Run(Path root) {
            this.root = root;
            this.store = factory.open(root.resolve("live"), Optional.empty());
        }

        void perform(Action action) {
            if (action instanceof Write write) {
                write(write);
            } else if (action instanceof TakeCheckpoint) {
                Path directory = root.resolve("checkpoint-" + checkpoints.size());
                assertThat(store.checkpoint(directory)).isEqualTo(model.position());
                checkpoints.add(new Copy(directory, model));
            } else if (action instanceof Reopen reopen) {
                reopen(reopen.which() % (checkpoints.size() + 1));
            } else if (action instanceof TakeSnapshot) {
                snapshots.add(new Still(store.snapshot(), model));
            } else {
                throw new AssertionError("unhandled: " + action);
            }
        }

        private void write(Write write) {
            long index = model.position().index() + 1;
            Position next = new Position(new Lsn(index + 1), 3, index, 1_000 + index);
            StateBatch batch = new StateBatch();
            write.changes()
                    .forEach((keyspace, changes) -> changes.forEach((key, value) -> value.ifPresentOrElse(
                            present -> batch.put(keyspace, key, present), () -> batch.delete(keyspace, key))));
            store.write(batch, next);
            model = model.after(write, next);
        }

        private void reopen(int which) {
            store.close();
            snapshots.clear();
            Optional<Copy> copy = which == 0 ? Optional.empty() : Optional.of(checkpoints.get(which - 1));
            store = factory.open(root.resolve("live"), copy.map(Copy::directory));
            model = copy.map(Copy::model).orElse(Model.empty());
        }

        void check(Bytes from, Bytes to) {
            assertThat(store.position()).isEqualTo(model.position());
            for (Keyspace keyspace : Keyspace.values()) {
                check(store.view(keyspace), model.data().get(keyspace), from, to);
            }
            for (Still still : snapshots) {
                assertThat(still.snapshot().position()).isEqualTo(still.model().position());
                for (Keyspace keyspace : Keyspace.values()) {
                    check(still.snapshot().view(keyspace), still.model().data().get(keyspace), from, to);
                }
            }
        }

        private static void check(StateView view, TreeMap<Bytes, Bytes> expected, Bytes from, Bytes to) {
            assertThat(scan(view, Bytes.EMPTY, Optional.empty())).isEqualTo(expected);
            assertThat(scan(view, from, Optional.empty())).isEqualTo(expected.tailMap(from, true));
            assertThat(scan(view, from, Optional.of(to)))
                    .isEqualTo(from.compareTo(to) < 0 ? expected.subMap(from, to) : Map.of());
            assertThat(view.get(from)).isEqualTo(Optional.ofNullable(expected.get(from)));
            expected.forEach((key, value) -> assertThat(view.get(key)).contains(value));
        }

        private static TreeMap<Bytes, Bytes> scan(StateView view, Bytes from, Optional<Bytes> to) {
            TreeMap<Bytes, Bytes> seen = new TreeMap<>();
            List<Bytes> order = new ArrayList<>();
            view.scan(from, to, (key, value) -> {
                order.add(key);
                seen.put(key, value);
                return true;
            });
            assertThat(order).isEqualTo(List.copyOf(seen.keySet()));
            return seen;
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
