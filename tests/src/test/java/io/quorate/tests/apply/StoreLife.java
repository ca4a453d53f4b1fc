package io.quorate.tests.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.StateDigest;
import io.quorate.statemachine.store.StateSnapshot;
import io.quorate.statemachine.store.StateStore;
import io.quorate.statemachine.store.StateStoreFactory;
import io.quorate.wal.log.Bytes;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A store through its lives: checkpoints begun and finished, crashes, reopening from the last one that was finished. */
final class StoreLife implements AutoCloseable {
    private final StateStoreFactory factory;
    private final Path directory;
    private StateStore store;
    private Optional<Path> begun = Optional.empty();
    private Optional<Path> finished = Optional.empty();
    private int checkpoints;

    StoreLife(StateStoreFactory factory, Path directory) {
        this.factory = factory;
        this.directory = directory;
        this.store = factory.open(directory.resolve("live"), Optional.empty());
    }

    StateStore store() {
        return store;
    }

    /** Copies the state, which a restart does not find yet. */
    void beginCheckpoint() {
        Path path = directory.resolve("checkpoint-" + checkpoints++);
        assertThat(store.checkpoint(path)).isEqualTo(store.position());
        begun = Optional.of(path);
    }

    /** From here on a restart finds the copy, as after a rename. */
    void finishCheckpoint() {
        finished = begun.isPresent() ? begun : finished;
        begun = Optional.empty();
    }

    void crash() {
        store.close();
        begun = Optional.empty();
        store = factory.open(directory.resolve("live"), finished);
    }

    StateDigest digest() {
        try (StateSnapshot snapshot = store.snapshot()) {
            return StateDigest.of(snapshot);
        }
    }

    Map<Bytes, Bytes> sessions() {
        Map<Bytes, Bytes> sessions = new TreeMap<>();
        store.view(Keyspace.SESSIONS).scan(Bytes.EMPTY, Optional.empty(), (key, value) -> {
            sessions.put(key, value);
            return true;
        });
        return sessions;
    }

    @Override
    public void close() {
        store.close();
    }
}
