package io.quorate.statemachine.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateStore;
import io.quorate.statemachine.store.StateStoreException;
import io.quorate.wal.log.Bytes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a checkpoint is found before anything opens from it, and named. */
class CheckpointDamageTest {
    private static final int LAST = 40;

    @TempDir
    private Path root;

    private RocksDbStateStoreFactory factory;
    private Path checkpoint;

    @BeforeEach
    void makeCheckpointOfSeveralTables() {
        factory = new RocksDbStateStoreFactory(RocksDbMemory.local());
        checkpoint = root.resolve("checkpoint");
        try (StateStore store = factory.open(root.resolve("first"), Optional.empty())) {
            for (int i = 0; i <= LAST; i++) {
                States.put(store, i, States.key(i), States.noise(i, i % 4 == 0 ? 50_000 : 300));
                if (i % 20 == 0) {
                    store.checkpoint(root.resolve("earlier-" + i));
                }
            }
            store.checkpoint(checkpoint);
        }
    }

    @AfterEach
    void closeFactory() {
        factory.close();
    }

    private interface Damage {
        void inflict(Path file) throws IOException;
    }

    @Test
    void flippedBitIsRefusedByFileName() throws IOException {
        assertEachFileIsNamed(file -> flip(file, Files.size(file) / 2));
    }

    @Test
    void flippedFirstAndLastBitsAreRefusedByFileName() throws IOException {
        assertEachFileIsNamed(file -> flip(file, 0));
        assertEachFileIsNamed(file -> flip(file, Files.size(file) - 1));
    }

    @Test
    void truncatedFileIsRefusedByFileName() throws IOException {
        assertEachFileIsNamed(file -> resize(file, Files.size(file) - 1));
        assertEachFileIsNamed(file -> resize(file, 0));
    }

    @Test
    void grownFileIsRefusedByFileName() throws IOException {
        assertEachFileIsNamed(file -> resize(file, Files.size(file) + 1));
    }

    @Test
    void missingFileIsRefusedByFileName() throws IOException {
        assertEachFileIsNamed(Files::delete);
    }

    private void assertEachFileIsNamed(Damage damage) throws IOException {
        List<String> names = new ArrayList<>();
        for (Path file : DirectoryFiles.list(checkpoint)) {
            if (Files.size(file) > 0) {
                names.add(file.getFileName().toString());
            }
        }
        assertThat(names.stream().filter(name -> name.endsWith(".sst"))).hasSizeGreaterThan(2);
        assertThat(names)
                .anyMatch(name -> name.startsWith("MANIFEST-"))
                .contains("CURRENT", CheckpointManifest.FILE_NAME);
        for (String name : names) {
            Path damaged = copyOfCheckpoint();
            damage.inflict(damaged.resolve(name));

            assertThatThrownBy(() -> factory.open(root.resolve("live"), Optional.of(damaged)))
                    .isInstanceOf(StateStoreException.class)
                    .hasMessageContaining(damaged.resolve(name).toString())
                    .hasMessageContaining("rebuild this replica from its peers");
            assertThatThrownBy(() -> RocksDbStateStoreFactory.verify(damaged)).hasMessageContaining(name);
        }
    }

    private Path copyOfCheckpoint() throws IOException {
        Path copy = root.resolve("damaged");
        DirectoryFiles.deleteTree(copy);
        Files.createDirectory(copy);
        for (Path file : DirectoryFiles.list(checkpoint)) {
            Files.copy(file, copy.resolve(file.getFileName()));
        }
        return copy;
    }

    private static void flip(Path file, long at) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            int old = bytes.read();
            bytes.seek(at);
            bytes.write(old ^ 0x10);
        }
    }

    private static void resize(Path file, long size) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.setLength(size);
        }
    }

    @Test
    void refusedCheckpointLeavesTheLiveDirectoryFree() throws IOException {
        Path damaged = copyOfCheckpoint();
        Files.delete(damaged.resolve("CURRENT"));
        Path live = root.resolve("live");
        assertThatThrownBy(() -> factory.open(live, Optional.of(damaged))).isInstanceOf(StateStoreException.class);

        try (StateStore store = factory.open(live, Optional.of(checkpoint))) {
            assertThat(store.position()).isEqualTo(States.position(LAST));
        }
    }

    @Test
    void newerFormatIsRefusedByVersion() throws IOException {
        Path newer = copyOfCheckpoint();
        Files.write(
                newer.resolve(CheckpointManifest.FILE_NAME),
                CheckpointManifestTest.withHeader(2, 0).toArray());

        assertThatThrownBy(() -> factory.open(root.resolve("live"), Optional.of(newer)))
                .isInstanceOf(StateStoreException.class)
                .hasMessageContaining(CheckpointManifest.FILE_NAME)
                .hasMessageContaining("version 2");
    }

    @Test
    void manifestOfAnotherPositionIsRefused() throws IOException {
        Path wrong = copyOfCheckpoint();
        Path file = wrong.resolve(CheckpointManifest.FILE_NAME);
        CheckpointManifest manifest = CheckpointManifest.decode(Bytes.wrap(Files.readAllBytes(file)));
        Files.write(
                file,
                new CheckpointManifest(States.position(3), manifest.files())
                        .encode()
                        .toArray());

        assertThatThrownBy(() -> factory.open(root.resolve("live"), Optional.of(wrong)))
                .isInstanceOf(StateStoreException.class)
                .hasMessageContaining("its manifest says");
    }

    @Test
    void filesThatTheManifestDoesNotNameAreIgnored() throws IOException {
        Path received = copyOfCheckpoint();
        for (Path file : DirectoryFiles.list(received)) {
            Files.writeString(received.resolve(file.getFileName() + ".md5"), "d41d8cd98f00b204e9800998ecf8427e");
        }

        try (StateStore store = factory.open(root.resolve("live"), Optional.of(received))) {
            assertThat(store.position()).isEqualTo(States.position(LAST));
            assertThat(DirectoryFiles.list(root.resolve("live")))
                    .noneMatch(path -> path.toString().endsWith(".md5"));
        }
    }

    @Test
    void bitThatFlipsAfterOpeningIsFoundInTheNextCheckpoint() throws IOException {
        Path next = root.resolve("next");
        Path opened = copyOfCheckpoint();
        String table = DirectoryFiles.list(opened).stream()
                .map(path -> path.getFileName().toString())
                .filter(name -> name.endsWith(".sst"))
                .findFirst()
                .orElseThrow();
        try (StateStore store = factory.open(root.resolve("live"), Optional.of(opened))) {
            flip(opened.resolve(table), 100);
            States.put(store, LAST + 1, States.key(LAST + 1), Bytes.EMPTY);
            store.checkpoint(next);
        }

        assertThatThrownBy(() -> RocksDbStateStoreFactory.verify(next))
                .isInstanceOf(StateStoreException.class)
                .hasMessageContaining(next.resolve(table).toString());
    }

    @Test
    void checkpointIsLeftAsItWasByTheStoreThatOpensFromIt() throws IOException {
        TreeMap<Bytes, Bytes> before;
        try (StateStore store = factory.open(root.resolve("live"), Optional.of(checkpoint))) {
            before = States.all(store.view(Keyspace.USER));
            for (int i = 0; i < 20; i++) {
                States.put(store, LAST + 1 + i, States.key(i), States.noise(-i, 40_000));
                store.checkpoint(root.resolve("later-" + i));
            }
        }
        Position held = RocksDbStateStoreFactory.verify(checkpoint);

        assertThat(held).isEqualTo(States.position(LAST));
        try (StateStore store = factory.open(root.resolve("live"), Optional.of(checkpoint))) {
            assertThat(States.all(store.view(Keyspace.USER))).isEqualTo(before);
        }
    }
}
