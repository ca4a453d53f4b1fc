package io.quorate.statemachine.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.statemachine.store.StateStore;
import io.quorate.statemachine.store.StateStoreException;
import io.quorate.wal.log.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    private static final int CHECKPOINTS = 8;

    @TempDir
    private Path root;

    private RocksDbStateStoreFactory factory;
    private StateStore store;

    @BeforeEach
    void openStore() {
        factory = new RocksDbStateStoreFactory(new RocksDbMemory(8 << 20, 4 << 20, 256 << 10, 2));
        store = factory.open(root.resolve("live"), Optional.empty());
    }

    @AfterEach
    void closeStore() {
        store.close();
        factory.close();
    }

    /** Batch i sets key i and, in every keyspace, "last" to i: a checkpoint between two batches would show. */
    private static void writeNumbered(StateStore store, int index) {
        StateBatch batch = new StateBatch();
        batch.put(Keyspace.USER, States.key(index), States.noise(index, 200));
        for (Keyspace keyspace : Keyspace.values()) {
            batch.put(keyspace, Bytes.utf8("last"), Bytes.utf8(Integer.toString(index)));
        }
        store.write(batch, States.position(index));
    }

    private static void assertHoldsBatchesUpTo(StateStore store, Position position) {
        assertThat(store.position()).isEqualTo(position);
        for (Keyspace keyspace : Keyspace.values()) {
            assertThat(store.view(keyspace).get(Bytes.utf8("last")))
                    .contains(Bytes.utf8(Long.toString(position.index())));
        }
        for (int i = 0; i <= position.index() + 1; i++) {
            Optional<Bytes> expected = i <= position.index() ? Optional.of(States.noise(i, 200)) : Optional.empty();
            assertThat(store.view(Keyspace.USER).get(States.key(i))).isEqualTo(expected);
        }
    }

    @Test
    void checkpointsTakenWhileAnotherThreadWritesHoldExactlyTheirPosition() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService writer = Executors.newSingleThreadExecutor();
        List<Position> held = new ArrayList<>();
        try {
            Future<?> writing = writer.submit(() -> {
                for (int i = 0; !stop.get(); i++) {
                    writeNumbered(store, i);
                }
            });
            for (int i = 0; i < CHECKPOINTS; i++) {
                long before = store.position().index();
                Awaitility.await().until(() -> store.position().index() > before + 100);
                held.add(store.checkpoint(root.resolve("checkpoint-" + i)));
            }
            stop.set(true);
            writing.get();
        } finally {
            stop.set(true);
            writer.shutdown();
        }
        store.close();

        for (int i = 0; i < CHECKPOINTS; i++) {
            try (StateStore reopened =
                    factory.open(root.resolve("live"), Optional.of(root.resolve("checkpoint-" + i)))) {
                assertHoldsBatchesUpTo(reopened, held.get(i));
            }
        }
    }

    @Test
    void emptyStoreCanBeCopiedAndOpened() {
        Path directory = root.resolve("empty");

        assertThat(store.checkpoint(directory)).isEqualTo(Position.START);
        store.close();
        try (StateStore reopened = factory.open(root.resolve("live"), Optional.of(directory))) {
            assertThat(reopened.position()).isEqualTo(Position.START);
        }
    }

    @Test
    void existingDirectoryIsRefusedAndLeftAlone() throws IOException {
        Path directory = Files.createDirectory(root.resolve("there"));
        Path file = Files.writeString(directory.resolve("file"), "x");

        assertThatThrownBy(() -> store.checkpoint(directory))
                .isInstanceOf(StateStoreException.class)
                .hasMessageContaining("exists already");
        assertThat(file).hasContent("x");
    }

    @Test
    void leftoversOfACrashedAttemptAreReplaced() throws IOException {
        Path directory = root.resolve("checkpoint");
        Files.createDirectories(root.resolve("checkpoint.making").resolve("x"));
        Files.createDirectories(root.resolve("checkpoint.making.tmp").resolve("y"));
        writeNumbered(store, 0);

        store.checkpoint(directory);

        assertThat(RocksDbStateStoreFactory.verify(directory)).isEqualTo(States.position(0));
        assertThat(DirectoryFiles.list(root)).containsExactlyInAnyOrder(directory, root.resolve("live"));
    }

    @Test
    void failureLeavesNothingBehindAndTheStoreGoesOn() {
        writeNumbered(store, 0);
        Path nowhere = root.resolve("missing").resolve("checkpoint");

        assertThatThrownBy(() -> store.checkpoint(nowhere))
                .isInstanceOf(StateStoreException.class)
                .hasMessageContaining(nowhere.toString());
        assertThat(root.resolve("missing")).doesNotExist();

        writeNumbered(store, 1);
        assertThat(store.checkpoint(root.resolve("checkpoint"))).isEqualTo(States.position(1));
    }

    @Test
    void storeOpenedFromACheckpointOutlivesIt() throws IOException {
        for (int i = 0; i < 50; i++) {
            writeNumbered(store, i);
        }
        Path directory = root.resolve("checkpoint");
        Position position = store.checkpoint(directory);
        store.close();

        try (StateStore reopened = factory.open(root.resolve("live"), Optional.of(directory))) {
            DirectoryFiles.deleteTree(directory);
            assertHoldsBatchesUpTo(reopened, position);
            assertThat(reopened.checkpoint(directory)).isEqualTo(position);
        }
    }

    @Test
    void valuesOfAnySizeSurvive() {
        List<Integer> sizes = List.of(0, 1, 255, (32 << 10) - 1, 32 << 10, (32 << 10) + 1, 1 << 20, 5 << 20);
        int index = 0;
        for (int round = 0; round < 3; round++) {
            for (int size : sizes) {
                States.put(store, index, States.key(size), States.noise(index, size));
                index++;
            }
        }
        Path directory = root.resolve("checkpoint");
        store.checkpoint(directory);
        store.close();

        try (StateStore reopened = factory.open(root.resolve("live"), Optional.of(directory))) {
            assertThat(reopened.diskBytes()).isGreaterThan(6 << 20);
            for (int i = 0; i < sizes.size(); i++) {
                assertThat(reopened.view(Keyspace.USER).get(States.key(sizes.get(i))))
                        .contains(States.noise(2L * sizes.size() + i, sizes.get(i)));
            }
        }
    }
}
