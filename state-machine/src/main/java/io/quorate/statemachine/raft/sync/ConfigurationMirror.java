package io.quorate.statemachine.raft.sync;

import io.quorate.wal.io.DurableFiles;
import io.quorate.wal.log.CorruptFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The checksummed copy of {@code raft-meta.conf}, which has none, in the same directory and replaced atomically. Ratis starts with
 * the configuration it was first given if it cannot parse that file, and with any that a flipped bit makes of it.
 *
 * <pre>
 *   0  u32  magic "QCNF"    4  u16  version, 1    6  u16  reserved, 0    8  u32  n
 *  12  n bytes, as in raft-meta.conf             12+n  u32  CRC32C of all before
 * </pre>
 */
public final class ConfigurationMirror {
    /** No name that Ratis looks for. */
    public static final String FILE_NAME = "quorate-conf";

    private static final int MAGIC = 0x51434e46;
    private static final short VERSION = 1;
    private static final int HEADER_BYTES = 12;

    private ConfigurationMirror() {}

    /** Durable when it returns, and with it every earlier rename in the directory, such as that of {@code raft-meta.conf}. */
    static void write(Path current, ByteBuffer content, DirectorySync directorySync) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + content.remaining() + Integer.BYTES);
        out.putInt(MAGIC).putShort(VERSION).putShort((short) 0).putInt(content.remaining());
        out.put(content.duplicate());
        out.putInt(checksum(out.duplicate().flip()));
        DurableFiles.replace(current.resolve(FILE_NAME), out.flip());
        directorySync.sync(current);
    }

    /**
     * @return the content, or empty if there is no such file
     * @throws CorruptFormatException if it is damaged or of an unknown version; names the file
     */
    public static Optional<ByteBuffer> read(Path current) throws IOException {
        Path file = current.resolve(FILE_NAME);
        ByteBuffer in;
        try {
            in = ByteBuffer.wrap(Files.readAllBytes(file));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
        int end = in.limit() - Integer.BYTES;
        if (end < HEADER_BYTES || in.getInt(0) != MAGIC) {
            throw new CorruptFormatException(file + " is no copy of a configuration");
        }
        if (in.getShort(4) != VERSION || in.getShort(6) != 0) {
            throw new CorruptFormatException(file + " is of version " + in.getShort(4) + ", reserved " + in.getShort(6)
                    + "; this build knows version " + VERSION);
        }
        if (in.getInt(8) != end - HEADER_BYTES
                || in.getInt(end) != checksum(in.duplicate().limit(end))) {
            throw new CorruptFormatException(file + " has a wrong length or checksum");
        }
        return Optional.of(in.slice(HEADER_BYTES, end - HEADER_BYTES));
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
