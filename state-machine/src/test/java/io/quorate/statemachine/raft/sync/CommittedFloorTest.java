package io.quorate.statemachine.raft.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
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

    /** The one who wrote it may have meant something else by the same bytes. */
    @Test
    void aNewerVersionInEitherSlotIsNamedAndLeftAsItIs() throws IOException {
        for (int slot : new int[] {0, 512}) {
            Files.deleteIfExists(file());
            writeTwo();
            byte[] bytes = Files.readAllBytes(file());
            bytes[slot + 5] = 2;
            seal(bytes, slot);
            Files.write(file(), bytes);
            assertThatThrownBy(() -> CommittedFloor.read(current))
                    .isInstanceOf(CorruptFormatException.class)
                    .hasMessageContaining(file().toString())
                    .hasMessageContaining("is of version 2; this build knows version 1");
            assertThatThrownBy(() -> CommittedFloor.open(current)).isInstanceOf(CorruptFormatException.class);
            assertThat(file()).hasBinaryContent(bytes);
        }
    }

    private static void seal(byte[] bytes, int slot) {
        ByteBuffer.wrap(bytes).putInt(slot + 24, Bytes.wrap(bytes, slot, 24).crc32c());
    }

    @Test
    void noSingleBitThatFlipsMakesAnotherFloorOfIt() throws IOException {
        writeTwo();
        byte[] intact = Files.readAllBytes(file());
        for (int at = 0; at < intact.length; at++) {
            int bits = at % 512 < 28 ? 8 : 1; // behind a slot's record nothing is kept
            for (int bit = 0; bit < bits; bit++) {
                byte[] damaged = intact.clone();
                damaged[at] ^= (byte) (1 << bit);
                Files.write(file(), damaged);
                assertThat(CommittedFloor.read(current))
                        .as("byte %d, bit %d", at, bit)
                        .hasValue(at < 28 ? 100 : 200); // 200 lies in the slot at 0
            }
        }
    }

    /** Also one of which both slots are whole. */
    @Test
    void aPieceOfTheFileAndOneThatIsLongerAreNamed() throws IOException {
        writeTwo();
        byte[] intact = Files.readAllBytes(file());
        for (int length = 0; length <= intact.length + 1; length++) {
            Files.write(file(), Arrays.copyOf(intact, length));
            if (length == intact.length) {
                assertThat(CommittedFloor.read(current)).hasValue(200);
            } else {
                assertThatThrownBy(() -> CommittedFloor.read(current))
                        .isInstanceOf(CorruptFormatException.class)
                        .hasMessageContaining(" has " + length + " bytes, not 1024");
            }
        }
    }

    @Test
    void randomBytesOfAnyLengthAreNamed() throws IOException {
        Random random = new Random(17);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[i % 2 == 0 ? 1024 : random.nextInt(2100)];
            random.nextBytes(bytes);
            Files.write(file(), bytes);
            assertThatThrownBy(() -> CommittedFloor.read(current))
                    .isInstanceOf(CorruptFormatException.class)
                    .hasMessageContaining(file().toString());
            assertThatThrownBy(() -> CommittedFloor.open(current)).isInstanceOf(CorruptFormatException.class);
        }
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
