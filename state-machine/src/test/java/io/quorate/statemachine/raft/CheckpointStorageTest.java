package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStorageTest {
    /** Two of them nested have a path that no system call takes. */
    private static final String DEEP = ("d".repeat(199) + "/").repeat(15) + "end";

    @TempDir
    Path directory;

    /** Ratis closes a division for good if it hears of it otherwise. */
    @Test
    void aCheckpointThatCannotBeReadIsAnIoException() throws IOException {
        Path outer = Files.createDirectories(directory.resolve("checkpoint.1_7").resolve(DEEP));
        Files.createDirectories(directory.resolve("inner").resolve(DEEP));
        Path moved = directory.resolve("inner").resolve("d".repeat(199));
        Files.move(moved, outer.resolve("x"));
        try {
            CheckpointStorage storage = new CheckpointStorage(directory);
            assertThatThrownBy(storage::reload).isInstanceOf(IOException.class);
        } finally {
            Files.move(outer.resolve("x"), moved); // else nobody could delete it
        }
    }
}
