package io.quorate.tests.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.rocksdb.RocksDbMemory;
import io.quorate.statemachine.rocksdb.RocksDbStateStoreFactory;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.statemachine.store.StateSnapshot;
import io.quorate.statemachine.store.StateStore;
import io.quorate.statemachine.store.StateStoreFactory;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kit passes what is right and catches each planted fault by its name. */
class StateStoreCheckTest {
    /** A right store, to be made wrong in one method. */
    private static class Delegate implements StateStore {
        final StateStore store;

        Delegate(StateStore store) {
            this.store = store;
        }

        @Override
        public Position position() {
            return store.position();
        }

        @Override
        public StateView view(Keyspace keyspace) {
            return store.view(keyspace);
        }

        @Override
        public StateSnapshot snapshot() {
            return store.snapshot();
        }

        @Override
        public void write(StateBatch batch, Position position) {
            store.write(batch, position);
        }

        @Override
        public Position checkpoint(Path directory) {
            return store.checkpoint(directory);
        }

        @Override
        public long diskBytes() {
            return store.diskBytes();
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private static CheckFailedError caught(UnaryOperator<StateStore> fault) {
        MemoryStateStores right = new MemoryStateStores();
        return caught((live, checkpoint) -> fault.apply(right.open(live, checkpoint)));
    }

    private static CheckFailedError caught(StateStoreFactory factory) {
        CheckFailedError error =
                catchThrowableOfType(CheckFailedError.class, () -> StateStoreCheck.of(factory, Path.of("wrong"))
                        .check());
        assertThat(error).isNotNull();
        return error;
    }

    @Test
    void passesAStoreInMemory() {
        CheckReport report = StateStoreCheck.of(new MemoryStateStores(), Path.of("memory"))
                .histories(60, 200)
                .check();
        assertThat(report.interruptions()).isGreaterThan(60);
    }

    @Test
    void passesRocksDb(@TempDir Path directory) {
        try (RocksDbStateStoreFactory factory = new RocksDbStateStoreFactory(RocksDbMemory.local())) {
            StateStoreCheck.of(factory, directory).histories(8, 40).check();
        }
    }

    /** Data first, position after: whoever looks in between sees new data at an old position. */
    private static final class PositionAfterData extends Delegate {
        PositionAfterData(StateStore store) {
            super(store);
        }

        @Override
        public void write(StateBatch batch, Position position) {
            store.write(batch, store.position());
            Thread.yield();
            store.write(new StateBatch(), position);
        }
    }

    @Test
    void catchesAPositionThatIsWrittenAfterItsData() {
        assertThat(caught(PositionAfterData::new).finding()).isEqualTo(Finding.POSITION_NOT_WITH_DATA);
    }

    /** Keeps the position in a field, and puts it into the next batch only. */
    private static final class PositionOneLate extends Delegate {
        private Position latest;

        PositionOneLate(StateStore store) {
            super(store);
            latest = store.position();
        }

        @Override
        public Position position() {
            return latest;
        }

        @Override
        public void write(StateBatch batch, Position position) {
            store.write(batch, latest);
            latest = position;
        }
    }

    @Test
    void catchesAPositionThatComesWithTheNextBatch() {
        assertThat(caught(PositionOneLate::new).finding()).isEqualTo(Finding.POSITION_NOT_WITH_DATA);
    }

    /** Writes keyspace by keyspace. */
    private static final class KeyspaceByKeyspace extends Delegate {
        KeyspaceByKeyspace(StateStore store) {
            super(store);
        }

        @Override
        public void write(StateBatch batch, Position position) {
            for (Keyspace keyspace : Keyspace.values()) {
                StateBatch part = new StateBatch();
                batch.changes(keyspace).forEach((key, value) -> {
                    if (value.isPresent()) {
                        part.put(keyspace, key, value.get());
                    } else {
                        part.delete(keyspace, key);
                    }
                });
                store.write(part, position);
            }
        }
    }

    @Test
    void catchesABatchThatIsNotAtomic() {
        assertThat(caught(KeyspaceByKeyspace::new).finding()).isEqualTo(Finding.POSITION_NOT_WITH_DATA);
    }

    /** Says that a checkpoint holds what the store holds when it is done. */
    private static final class CheckpointSaysTheLatest extends Delegate {
        CheckpointSaysTheLatest(StateStore store) {
            super(store);
        }

        @Override
        public Position checkpoint(Path directory) {
            store.checkpoint(directory);
            Position before = store.position();
            for (int i = 0; i < 1_000 && store.position().equals(before); i++) {
                Thread.yield();
            }
            return store.position();
        }
    }

    @Test
    void catchesACheckpointThatSaysAnotherPositionThanItHolds() {
        assertThat(caught(CheckpointSaysTheLatest::new).finding()).isEqualTo(Finding.POSITION_NOT_WITH_DATA);
    }

    /** A snapshot that is only another view of the store. */
    private static final class SnapshotThatMoves extends Delegate {
        SnapshotThatMoves(StateStore store) {
            super(store);
        }

        @Override
        public StateSnapshot snapshot() {
            Position taken = store.position();
            return new StateSnapshot() {
                @Override
                public Position position() {
                    return taken;
                }

                @Override
                public StateView view(Keyspace keyspace) {
                    return store.view(keyspace);
                }

                @Override
                public void close() {
                    assertThat(taken).isNotNull();
                }
            };
        }
    }

    @Test
    void catchesASnapshotThatDoesNotStandStill() {
        assertThat(caught(SnapshotThatMoves::new).finding()).isEqualTo(Finding.POSITION_NOT_WITH_DATA);
    }

    /** Goes on from its live files where they are newer than the checkpoint. */
    private static final class GoesOnFromLive implements StateStoreFactory {
        private final MemoryStateStores right = new MemoryStateStores();
        private final Map<Path, Path> latest = new ConcurrentHashMap<>();
        private int closed;

        @Override
        public StateStore open(Path live, Optional<Path> checkpoint) {
            Optional<Path> from = checkpoint.map(path -> latest.getOrDefault(live, path));
            return new Delegate(right.open(live, from)) {
                @Override
                public void close() {
                    Path leftBehind = live.resolve("left-" + closed++);
                    store.checkpoint(leftBehind);
                    latest.put(live, leftBehind);
                    super.close();
                }
            };
        }
    }

    @Test
    void catchesAStoreThatGoesOnFromItsLiveFiles() {
        CheckFailedError error = caught(new GoesOnFromLive());
        assertThat(error.finding()).isEqualTo(Finding.POSITION_NOT_WITH_DATA);
        assertThat(error)
                .hasMessageContaining("opened from a checkpoint")
                .hasMessageContaining("StateStoreCheck.of(...)");
    }

    @Test
    void refusesSettingsThatTryNothing() {
        StateStoreCheck check = StateStoreCheck.of(new MemoryStateStores(), Path.of("none"));
        assertThatIllegalArgumentException().isThrownBy(() -> check.histories(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> check.histories(1, 0));
    }
}
