package io.quorate.statemachine.rocksdb;

import io.quorate.statemachine.store.Position;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What a checkpoint consists of: file {@value #FILE_NAME} in its directory, written last. A directory without it is no
 * checkpoint.
 *
 * <pre>
 * offset size  big-endian
 *      0    8  magic "QROCKSST"
 *      8    2  version, 1
 *     10    2  flags, 0; a set bit that is not known is refused
 *     12    4  CRC32C of bytes 0 to 12: the same in all versions, so that damage is not taken for a newer version
 *     16    8  reserved, 0
 *     24   37  position ({@link Position#encode})
 *     61    4  number of files
 *     65    .  each file, in order of name: u16 length of name, name in UTF-8, u64 size in bytes, u32 CRC32C
 *      .    4  CRC32C of all before
 * </pre>
 *
 * @param position that the checkpoint holds
 * @param files every file but this one, in order of name
 */
record CheckpointManifest(Position position, List<FileEntry> files) {
    static final String FILE_NAME = "QUORATE-STATE";
    static final int VERSION = 1;

    private static final long MAGIC = 0x51524f434b535354L;
    private static final int HEADER_BYTES = 24;
    private static final int HEADER_CRC_OFFSET = 12;
    private static final int POSITION_BYTES = Position.START.encode().length();

    /**
     * One file.
     *
     * @param name without a path
     * @param sizeBytes from 0
     * @param crc32c of its bytes, as an unsigned 32-bit number in an int
     */
    record FileEntry(String name, long sizeBytes, int crc32c) {
        FileEntry {
            if (name.isEmpty() || name.contains("/") || name.equals(".") || name.equals("..")) {
                throw new IllegalArgumentException("'" + name + "' is no file name");
            }
            if (sizeBytes < 0) {
                throw new IllegalArgumentException(name + " of size " + sizeBytes);
            }
        }
    }

    CheckpointManifest {
        Objects.requireNonNull(position, "position");
        Map<String, FileEntry> sorted = new TreeMap<>();
        for (FileEntry file : files) {
            if (sorted.put(file.name(), file) != null) {
                throw new IllegalArgumentException("file " + file.name() + " twice");
            }
        }
        files = List.copyOf(sorted.values());
    }

    Bytes encode() {
        List<Bytes> names = files.stream().map(file -> Bytes.utf8(file.name())).toList();
        int size = HEADER_BYTES + POSITION_BYTES + 4 + 4;
        for (Bytes name : names) {
            size += 2 + name.length() + 8 + 4;
        }
        byte[] bytes = new byte[size];
        ByteBuffer out = ByteBuffer.wrap(bytes);
        out.putLong(MAGIC).putShort((short) VERSION).putShort((short) 0);
        out.putInt(crc(bytes, HEADER_CRC_OFFSET)).putLong(0);
        out.put(position.encode().buffer()).putInt(files.size());
        for (int i = 0; i < files.size(); i++) {
            out.putShort((short) names.get(i).length()).put(names.get(i).buffer());
            out.putLong(files.get(i).sizeBytes()).putInt(files.get(i).crc32c());
        }
        out.putInt(crc(bytes, size - 4));
        return Bytes.wrap(bytes);
    }

    private static int crc(byte[] bytes, int length) {
        return Bytes.wrap(bytes, 0, length).crc32c();
    }

    /** @throws CorruptFormatException if the bytes are no intact manifest of a known version */
    static CheckpointManifest decode(Bytes bytes) {
        ByteBuffer in = bytes.buffer();
        if (bytes.length() < HEADER_BYTES + POSITION_BYTES + 8 || in.getLong(0) != MAGIC) {
            throw new CorruptFormatException("no checkpoint manifest: " + bytes);
        }
        if (in.getInt(HEADER_CRC_OFFSET) != bytes.slice(0, HEADER_CRC_OFFSET).crc32c()) {
            throw new CorruptFormatException("checkpoint manifest has a damaged header: " + bytes);
        }
        int version = Short.toUnsignedInt(in.getShort(8));
        int flags = Short.toUnsignedInt(in.getShort(10));
        if (version != VERSION || flags != 0) {
            throw new CorruptFormatException("checkpoint format version " + version + ", flags " + flags
                    + "; this build knows version " + VERSION
                    + " without flags: open it with the build that wrote it, or a newer one");
        }
        int body = bytes.length() - 4;
        if (in.getInt(body) != bytes.slice(0, body).crc32c()) {
            throw new CorruptFormatException("checkpoint manifest has a wrong checksum");
        }
        return decodeBody(bytes, in);
    }

    private static CheckpointManifest decodeBody(Bytes bytes, ByteBuffer in) {
        try {
            Position position = Position.decode(bytes.slice(HEADER_BYTES, POSITION_BYTES));
            in.position(HEADER_BYTES + POSITION_BYTES);
            FileEntry[] files = new FileEntry[Math.min(in.getInt(), in.remaining())];
            for (int i = 0; i < files.length; i++) {
                int length = Short.toUnsignedInt(in.getShort());
                String name = bytes.slice(in.position(), length).utf8();
                in.position(in.position() + length);
                files[i] = new FileEntry(name, in.getLong(), in.getInt());
            }
            if (in.remaining() != 4) {
                throw new CorruptFormatException(
                        "checkpoint manifest has " + in.remaining() + " bytes after its files");
            }
            return new CheckpointManifest(position, List.of(files));
        } catch (BufferUnderflowException
                | IndexOutOfBoundsException
                | NegativeArraySizeException
                | IllegalArgumentException e) {
            throw new CorruptFormatException("checkpoint manifest is damaged at byte " + in.position(), e);
        }
    }
}
