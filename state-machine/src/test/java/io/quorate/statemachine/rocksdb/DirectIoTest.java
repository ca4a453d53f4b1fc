package io.quorate.statemachine.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectIoTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(
            ints = {
                0,
                1,
                511,
                512,
                4095,
                4096,
                4097,
                (1 << 20) - 1,
                1 << 20,
                (1 << 20) + 1,
                (3 << 20) + 4096,
                (3 << 20) + 77
            })
    void theChecksumIsThatOfTheWholeFileWhateverItsLength(int length) throws IOException {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        Path file = Files.write(directory.resolve("file"), content);
        CRC32C expected = new CRC32C();
        expected.update(content);
        assertThat(DirectIo.crc32c(file)).isEqualTo((int) expected.getValue());
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        Path file = directory.resolve("none");
        assertThatThrownBy(() -> DirectIo.crc32c(file))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void aFileSystemWithoutItIsServedThroughThePageCache() throws IOException {
        Path shared = Path.of("/dev/shm");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.isWritable(shared), "no memory file system here");
        Path file = Files.createTempFile(shared, "direct", "io");
        try {
            Files.writeString(file, "content");
            CRC32C expected = new CRC32C();
            expected.update("content".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            assertThat(DirectIo.crc32c(file)).isEqualTo((int) expected.getValue());
        } finally {
            Files.delete(file);
        }
    }
}
