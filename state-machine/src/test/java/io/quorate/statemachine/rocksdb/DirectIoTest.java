package io.quorate.statemachine.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
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

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 3, 2 << 20, 1L << 33})
    void aFileSystemWhoseBlockIsNoneOrLargerThanTheBufferIsReadThroughThePageCache(long block) throws IOException {
        Path file = Files.write(directory.resolve("file"), new byte[(1 << 20) + 7]);
        CRC32C expected = new CRC32C();
        expected.update(new byte[(1 << 20) + 7]);
        assertTimeoutPreemptively(Duration.ofMinutes(1), () -> assertThat(DirectIo.crc32c(file, block))
                .isEqualTo((int) expected.getValue()));
    }

    @Test
    void behindAShortReadNoneBeginsBetweenTwoBlocks() throws IOException {
        Path file = Files.write(directory.resolve("file"), new byte[3 * 4096]);
        CRC32C crc = new CRC32C();
        try (FileChannel whole = FileChannel.open(file)) {
            SeekableByteChannel cutsShort = (SeekableByteChannel) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {SeekableByteChannel.class}, (proxy, called, args) -> {
                        if (called.getName().equals("read")) {
                            assertThat(whole.position() % 4096).isZero();
                            ((ByteBuffer) args[0]).limit(whole.position() == 0 ? 4096 : 100);
                        }
                        return called.invoke(whole, args);
                    });
            assertThat(DirectIo.update(crc, cutsShort, 4096)).isEqualTo(4096 + 100);
        }
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
