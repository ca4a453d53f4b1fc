package io.quorate.statemachine.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.StateStore;
import io.quorate.statemachine.store.StateStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A really full file system; mounts one of 8 MiB, so it needs root on Linux. */
@Tag("chaos")
class DiskFullTest {
    private static final int VALUE_BYTES = 8_000;

    @TempDir
    private Path mount;

    private RocksDbStateStoreFactory factory;

    @BeforeEach
    void mountSmallDisk() throws Exception {
        run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", mount.toString());
        factory = new RocksDbStateStoreFactory(new RocksDbMemory(8 << 20, 4 << 20, 256 << 10, 2));
    }

    @AfterEach
    void unmountSmallDisk() throws Exception {
        factory.close();
        run("umount", mount.toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
    }

    private static long writeUntilItFails(StateStore store) {
        for (long i = store.position().index() + 1; i < 1_000_000; i++) {
            long index = i;
            StateStoreException failure = catchThrowableOfType(
                    StateStoreException.class,
                    () -> States.put(store, index, States.key(index), States.noise(index, VALUE_BYTES)));
            if (failure != null) {
                assertThat(failure).hasMessageContaining("disk is full").hasMessageContaining("make room");
                return index;
            }
        }
        throw new AssertionError("the disk never became full");
    }

    @Test
    void fullDiskIsNamedReadsGoOnAndACheckpointOpensWhenThereIsRoom() {
        Path checkpoint = mount.resolve("checkpoint");
        Path live = mount.resolve("live");
        try (StateStore store = factory.open(live, Optional.empty())) {
            for (int i = 0; i < 50; i++) {
                States.put(store, i, States.key(i), States.noise(i, VALUE_BYTES));
            }
            store.checkpoint(checkpoint);
            long failed = writeUntilItFails(store);

            assertThat(store.position()).isEqualTo(States.position(failed - 1));
            assertThat(store.view(Keyspace.USER).get(States.key(failed - 1)))
                    .contains(States.noise(failed - 1, VALUE_BYTES));
            assertThatThrownBy(() -> States.put(store, failed + 1, States.key(0), States.noise(0, 1)))
                    .isInstanceOf(StateStoreException.class)
                    .hasMessageContaining("failed before, reopen it");
            assertThatThrownBy(() -> store.checkpoint(mount.resolve("of-a-failed-store")))
                    .isInstanceOf(StateStoreException.class)
                    .hasMessageContaining("failed before, reopen it");
        }
        try (StateStore store = factory.open(live, Optional.of(checkpoint))) {
            assertThat(store.position()).isEqualTo(States.position(49));
            States.put(store, 50, States.key(50), States.noise(50, VALUE_BYTES));
        }
    }

    @Test
    void checkpointOnAFullDiskIsNamedAndLeavesNothingBehind() throws IOException {
        try (StateStore store = factory.open(mount.resolve("live"), Optional.empty())) {
            States.put(store, 0, States.key(0), States.noise(0, VALUE_BYTES));
            fill(mount.resolve("ballast"));

            assertThatThrownBy(() -> store.checkpoint(mount.resolve("checkpoint")))
                    .isInstanceOf(StateStoreException.class)
                    .hasMessageContaining("checkpoint")
                    .hasMessageContaining("disk is full");
            assertThat(DirectoryFiles.list(mount))
                    .containsExactlyInAnyOrder(mount.resolve("ballast"), mount.resolve("live"));
        }
        Files.delete(mount.resolve("ballast"));
        try (StateStore store = factory.open(mount.resolve("live"), Optional.empty())) {
            States.put(store, 0, States.key(0), States.noise(0, VALUE_BYTES));
            assertThat(store.checkpoint(mount.resolve("checkpoint"))).isEqualTo(States.position(0));
        }
    }

    @Test
    void openingOnAFullDiskIsNamed() throws IOException {
        Path checkpoint = mount.resolve("checkpoint");
        try (StateStore store = factory.open(mount.resolve("live"), Optional.empty())) {
            States.put(store, 0, States.key(0), States.noise(0, VALUE_BYTES));
            store.checkpoint(checkpoint);
        }
        DirectoryFiles.deleteTree(mount.resolve("live"));
        fill(mount.resolve("ballast"));

        assertThatThrownBy(() -> factory.open(mount.resolve("live"), Optional.of(checkpoint)))
                .isInstanceOf(StateStoreException.class)
                .hasMessageContaining("disk is full");
        Files.delete(mount.resolve("ballast"));
        try (StateStore store = factory.open(mount.resolve("live"), Optional.of(checkpoint))) {
            assertThat(store.position()).isEqualTo(States.position(0));
        }
    }

    /** Takes the last free block. */
    private static void fill(Path file) throws IOException {
        try (var out = Files.newOutputStream(file)) {
            byte[] block = new byte[4_096];
            for (int i = 0; i < 10_000; i++) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
            return;
        }
        throw new AssertionError("the disk never became full");
    }
}
