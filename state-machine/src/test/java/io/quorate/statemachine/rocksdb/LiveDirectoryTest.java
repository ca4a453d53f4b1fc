package io.quorate.statemachine.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateStore;
import io.quorate.statemachine.store.StateStoreException;
import io.quorate.wal.log.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveDirectoryTest {
    @TempDir
    private Path root;

    private RocksDbStateStoreFactory factory;
    private Path live;

    @BeforeEach
    void openFactory() {
        factory = new RocksDbStateStoreFactory(RocksDbMemory.local());
        live = root.resolve("shard").resolve("live");
    }

    @AfterEach
    void closeFactory() {
        factory.close();
    }

    @Test
    void whatWasWrittenAfterTheLastCheckpointIsNotThereAfterReopening() {
        Path checkpoint = root.resolve("checkpoint");
        try (StateStore store = factory.open(live, Optional.empty())) {
            States.put(store, 0, States.key(0), States.noise(0, 10));
            store.checkpoint(checkpoint);
            States.put(store, 1, States.key(1), States.noise(1, 10));
            store.checkpoint(root.resolve("flushed-but-not-opened"));
        }

        try (StateStore store = factory.open(live, Optional.of(checkpoint))) {
            assertThat(store.position()).isEqualTo(States.position(0));
            assertThat(States.all(store.view(Keyspace.USER))).containsOnlyKeys(States.key(0));
        }
        try (StateStore store = factory.open(live, Optional.empty())) {
            assertThat(store.position()).isEqualTo(Position.START);
            assertThat(States.all(store.view(Keyspace.USER))).isEmpty();
        }
    }

    @Test
    void leftoversOfAnyKindAreWiped() throws IOException {
        factory.open(live, Optional.empty()).close();
        Files.writeString(live.resolve("CURRENT"), "MANIFEST-999999\n");
        Files.writeString(live.resolve("000123.sst"), "no table");
        Files.createDirectories(live.resolve("lost").resolve("found"));
        Files.writeString(live.resolve("lost").resolve("found").resolve("file"), "x");

        try (StateStore store = factory.open(live, Optional.empty())) {
            assertThat(store.position()).isEqualTo(Position.START);
            assertThat(live.resolve("lost")).doesNotExist();
            assertThat(live.resolve("000123.sst")).doesNotExist();
        }
    }

    @Test
    void directoryWithFilesOfSomebodyElseIsRefusedAndLeftAlone() throws IOException {
        Files.createDirectories(live);
        Path precious = Files.writeString(live.resolve("thesis.txt"), "ten years of work");

        assertThatThrownBy(() -> factory.open(live, Optional.empty()))
                .isInstanceOf(StateStoreException.class)
                .hasMessageContaining(live.toString())
                .hasMessageContaining("thesis.txt");
        assertThat(precious).hasContent("ten years of work");
        assertThat(live.resolve(LiveDirectory.MARKER)).doesNotExist();
    }

    @Test
    void directoryInUseIsRefusedAndTheUserGoesOn() {
        try (StateStore store = factory.open(live, Optional.empty());
                RocksDbStateStoreFactory other = new RocksDbStateStoreFactory(RocksDbMemory.local())) {
            assertThatThrownBy(() -> factory.open(live, Optional.empty()))
                    .isInstanceOf(StateStoreException.class)
                    .hasMessageContaining("in use");
            assertThatThrownBy(() -> other.open(live, Optional.empty()))
                    .isInstanceOf(StateStoreException.class)
                    .hasMessageContaining("in use");

            States.put(store, 0, States.key(0), Bytes.EMPTY);
            assertThat(store.view(Keyspace.USER).get(States.key(0))).contains(Bytes.EMPTY);
        }
        factory.open(live, Optional.empty()).close();
    }

    @Test
    void failedOpeningGivesTheDirectoryFree() throws IOException {
        Path notADirectory = Files.writeString(root.resolve("file"), "x");
        assertThatThrownBy(() -> factory.open(notADirectory, Optional.empty()))
                .isInstanceOf(StateStoreException.class)
                .hasMessageContaining(notADirectory.toString());
        Files.delete(notADirectory);

        factory.open(notADirectory, Optional.empty()).close();
    }

    @Test
    void factoryWithOpenStoresDoesNotClose() {
        try (StateStore store = factory.open(live, Optional.empty())) {
            assertThatThrownBy(() -> factory.close())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(live.toString());
            assertThat(store.position()).isEqualTo(Position.START);
        }
    }
}
