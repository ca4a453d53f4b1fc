package io.quorate.statemachine.rocksdb;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Reading and writing past the page cache, where the file system can (tmpfs cannot on many kernels). Tables are written once, read
 * once for their checksum, and merged: in the page cache they would only take the place of what is read again, above all of the
 * consensus log, and cost a page of memory for each four KiB, which a virtual machine may have to fetch from its host.
 */
final class DirectIo {
    private static final int BUFFER_BYTES = 1 << 20;

    private DirectIo() {}

    /** @param file that exists and can be read */
    static boolean isSupported(Path file) throws IOException {
        try (FileChannel channel = openDirect(file)) {
            return channel.isOpen();
        } catch (UnsupportedOperationException | FileSystemException e) {
            FileChannel.open(file, StandardOpenOption.READ).close(); // fails where it is something else that ails it
            return false;
        }
    }

    private static FileChannel openDirect(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ, ExtendedOpenOption.DIRECT);
    }

    /** CRC32C of a whole file that nobody changes. */
    static int crc32c(Path file) throws IOException {
        return crc32c(file, isSupported(file) ? Files.getFileStore(file).getBlockSize() : 0);
    }

    /** @param block that direct reads are to be aligned to; where it is none, the page cache is used */
    static int crc32c(Path file, long block) throws IOException {
        CRC32C crc = new CRC32C();
        long read = 0;
        if (Long.bitCount(block) == 1 && block > 0 && block <= BUFFER_BYTES) {
            try (FileChannel channel = openDirect(file)) {
                read = update(crc, channel, (int) block);
            }
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (read < channel.size()) { // or a direct read was short
                update(crc, channel.position(read), 1);
            }
        }
        return (int) crc.getValue();
    }

    /** Reads up to the end, or up to a place between two blocks, where no direct read may begin; returns where it stopped. */
    static long update(CRC32C crc, SeekableByteChannel channel, int block) throws IOException {
        long size = channel.size();
        int capacity = (int) Math.min(BUFFER_BYTES, (size + block - 1) / block * block);
        ByteBuffer buffer = ByteBuffer.allocateDirect(capacity + block - 1).alignedSlice(block);
        while (channel.position() < size && channel.position() % block == 0 && channel.read(buffer) >= 0) {
            crc.update(buffer.flip());
            buffer.clear();
        }
        return channel.position();
    }
}
