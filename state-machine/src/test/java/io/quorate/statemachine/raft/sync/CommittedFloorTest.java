package io.quorate.statemachine.raft.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.wal.log.CorruptFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommittedFloorTest {
    @TempDir
    Path current;

    @Test
    void risesAndNeverFallsAlsoOverAReopen() throws IOException {
        assertThat(CommittedFloor.read(current)).isEmpty();
        try (CommittedFloor floor = CommittedFloor.open(current)) {
            assertThat(CommittedFloor.read(current)).hasValue(-1);
            for (long index = 0; index < 10; index++) {
                floor.advance(index);
                assertThat(CommittedFloor.read(current)).hasValue(index);
            }
            floor.advance(4);
            assertThat(CommittedFloor.read(current)).hasValue(9);
        }
        try (CommittedFloor floor = CommittedFloor.open(current)) {
            floor.advance(8);
            assertThat(CommittedFloor.read(current)).hasValue(9);
            floor.advance(10);
            assertThat(CommittedFloor.read(current)).hasValue(10);
        }
    }

    @Test
    void aTornSlotLeavesTheFormerValue() throws IOException {
        writeTwo();
        byte[] bytes = Files.readAllBytes(file());
        bytes[16] ^= 1; // the slot at 0 holds the later value, 200
        Files.write(file(), bytes);
        assertThat(CommittedFloor.read(current)).hasValue(100);
    }

    @Test
    void twoDamagedSlotsOrAWrongLengthAreNamed() throws IOException {
        writeTwo();
        byte[] bytes = Files.readAllBytes(file());
        bytes[16] ^= 1;
        bytes[512 + 16] ^= 1;
        Files.write(file(), bytes);
        assertThatThrownBy(() -> CommittedFloor.read(current))
                .isInstanceOf(CorruptFormatException.class)
                .hasMessageContaining(file().toString())
                .hasMessageContaining("no intact slot")
                .hasMessageContaining("only a cross-check");
        Files.write(file(), new byte[3]);
        assertThatThrownBy(() -> CommittedFloor.open(current))
                .isInstanceOf(CorruptFormatException.class)
                .hasMessageContaining("has 3 bytes");
    }

    private void writeTwo() throws IOException {
        try (CommittedFloor floor = CommittedFloor.open(current)) {
            floor.advance(100);
            floor.advance(200);
        }
    }

    private Path file() {
        return current.resolve(CommittedFloor.FILE_NAME);
    }
}
