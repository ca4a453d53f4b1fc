package io.quorate.tests.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.StateDigest;
import io.quorate.statemachine.store.StateSnapshot;
import io.quorate.statemachine.store.StateStore;
import io.quorate.statemachine.store.StateStoreFactory;
import io.quorate.wal.log.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A store through its lives: checkpoints begun and finished, crashes, reopening from the last one that was finished. */
final class StoreLife implements AutoCloseable {
    private final StateStoreFactory factory;
    private final Path first;
    /** Where this life's files lie; the next one has a copy of them. */
    private Path directory;

    private StateStore store;
    private Optional<Path> begun = Optional.empty();
    private Optional<Path> finished = Optional.empty();
    private int checkpoints;
    private int crashes;

    StoreLife(StateStoreFactory factory, Path directory) {
        this.factory = factory;
        this.first = directory;
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

    /**
     * The process is gone, with nothing closed, flushed or tidied up: the next life finds the files exactly as they lay at this moment,
     * a checkpoint that was begun among them. A store in memory has no files, and is closed.
     */
    void crash() {
        StateStore dead = store;
        begun = Optional.empty();
        if (Files.exists(directory)) {
            Path next = first.resolveSibling(first.getFileName() + "-" + ++crashes);
            copyWhatLiesThere(next);
            finished = finished.map(checkpoint -> next.resolve(checkpoint.getFileName()));
            directory = next;
            store = factory.open(directory.resolve("live"), finished);
            dead.close();
        } else {
            dead.close();
            store = factory.open(directory.resolve("live"), finished);
        }
    }

    private void copyWhatLiesThere(Path next) {
        try {
            copy(directory, next);
            // as if the process was killed in the middle of making a checkpoint
            Path making = Files.createDirectories(next.resolve("checkpoint-" + checkpoints + ".making"));
            Files.writeString(making.resolve("000007.sst"), "torn");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectory(to);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
            for (Path file : files) {
                if (Files.isDirectory(file)) {
                    copy(file, to.resolve(file.getFileName()));
                } else {
                    copyIfStillThere(file, to.resolve(file.getFileName()));
                }
            }
        }
    }

    private static void copyIfStillThere(Path file, Path to) throws IOException {
        try {
            Files.copy(file, to);
        } catch (NoSuchFileException deleted) {
            Files.deleteIfExists(to); // the store tidied up just now: it crashed a moment later, then
        }
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
