package io.quorate.wal.log;

import java.nio.ByteBuffer;

/**
 * What a writer submits: one command with the writer's session and sequence, in its encoded form. The bytes that the client
 * made are the bytes that every replica checks before applying: the checksum travels end to end and is never recomputed.
 *
 * <pre>
 * offset size  big-endian
 *      0    4  length of the whole record, header included
 *      4    4  CRC32C of bytes 8 to length
 *      8    1  version, 1
 *      9    1  kind ({@link EntryKind})
 *     10    2  flags, 0; a set bit that is not known is refused
 *     12    4  window: sequence - lowWater, unsigned
 *     16    8  writer, 0 for none
 *     24    8  sequence, from 1 with a writer, 0 without
 *     32    .  payload
 * </pre>
 *
 * <p>lowWater: the writer has had the answers to all its sequences up to this one, so replicas may forget them.
 */
public final class LogRecord {
    public static final int HEADER_BYTES = 32;

    /** The largest record that the format allows, in bytes; shards set lower limits. */
    public static final int MAX_BYTES = 64 << 20;

    private static final int VERSION = 1;
    private static final int CRC_AT = 4;

    private final Bytes encoded;
    private final EntryKind kind;
    private final long writer;
    private final long sequence;
    private final int window;

    private LogRecord(Bytes encoded, EntryKind kind, long writer, long sequence, int window) {
        this.encoded = encoded;
        this.kind = kind;
        this.writer = writer;
        this.sequence = sequence;
        this.window = window;
    }

    /** A command outside any session. */
    public static LogRecord sessionless(EntryKind kind, Bytes payload) {
        return of(kind, WriterId.NONE, 0, 0, payload);
    }

    /**
     * Encodes a record.
     *
     * @param sequence from 1, or 0 without a writer
     * @param lowWater from 0, below {@code sequence}
     */
    public static LogRecord of(EntryKind kind, WriterId writer, long sequence, long lowWater, Bytes payload) {
        checkNumbers(writer.value(), sequence, sequence - lowWater);
        if (payload.length() > MAX_BYTES - HEADER_BYTES) {
            throw new IllegalArgumentException(
                    "record with " + payload.length() + " bytes of payload exceeds " + MAX_BYTES + " bytes");
        }
        int length = HEADER_BYTES + payload.length();
        byte[] bytes = new byte[length];
        ByteBuffer.wrap(bytes)
                .putInt(length)
                .putInt(0)
                .put((byte) VERSION)
                .put((byte) kind.code())
                .putShort((short) 0)
                .putInt((int) (sequence - lowWater))
                .putLong(writer.value())
                .putLong(sequence);
        payload.copyTo(bytes, HEADER_BYTES);
        Bytes encoded = Bytes.wrap(bytes);
        ByteBuffer.wrap(bytes).putInt(CRC_AT, encoded.crc32c(8, length - 8));
        return new LogRecord(encoded, kind, writer.value(), sequence, (int) (sequence - lowWater));
    }

    /**
     * Decodes the record that begins at an offset, checking length, version and checksum.
     *
     * @throws CorruptFormatException if it is not a whole, intact record of a known version
     */
    public static LogRecord decode(Bytes bytes, int offset) {
        int available = bytes.length() - offset;
        if (available < HEADER_BYTES) {
            throw new CorruptFormatException(
                    "record at byte " + offset + ": " + available + " bytes left, header is " + HEADER_BYTES);
        }
        int length = bytes.intAt(offset);
        if (length < HEADER_BYTES || length > MAX_BYTES || length > available) {
            throw new CorruptFormatException(
                    "record at byte " + offset + ": length " + length + ", bytes left " + available);
        }
        int crc = bytes.crc32c(offset + 8, length - 8);
        if (crc != bytes.intAt(offset + CRC_AT)) {
            throw new CorruptFormatException(String.format(
                    "record at byte %d: checksum %08x, computed %08x", offset, bytes.intAt(offset + CRC_AT), crc));
        }
        int versionKindFlags = bytes.intAt(offset + 8);
        if (versionKindFlags >>> 24 != VERSION || (versionKindFlags & 0xffff) != 0) {
            throw new CorruptFormatException("record at byte " + offset + ": version " + (versionKindFlags >>> 24)
                    + ", flags " + (versionKindFlags & 0xffff) + "; this build knows version " + VERSION
                    + " without flags");
        }
        return decodeNumbers(bytes.slice(offset, length), offset, EntryKind.ofCode(versionKindFlags >>> 16 & 0xff));
    }

    private static LogRecord decodeNumbers(Bytes encoded, int offset, EntryKind kind) {
        int window = encoded.intAt(12);
        long writer = encoded.longAt(16);
        long sequence = encoded.longAt(24);
        try {
            checkNumbers(writer, sequence, window);
        } catch (IllegalArgumentException e) {
            throw new CorruptFormatException("record at byte " + offset + ": " + e.getMessage(), e);
        }
        return new LogRecord(encoded, kind, writer, sequence, window);
    }

    private static void checkNumbers(long writer, long sequence, long window) {
        boolean sessionless = writer == 0 && sequence == 0 && window == 0;
        boolean inSession =
                writer > 0 && sequence > 0 && window > 0 && window <= sequence && window <= Integer.MAX_VALUE;
        if (!sessionless && !inSession) {
            throw new IllegalArgumentException(
                    "writer " + writer + ", sequence " + sequence + ", window " + window + " do not go together");
        }
    }

    /** What it is: of a user, or of the log itself. */
    public EntryKind kind() {
        return kind;
    }

    /** The writer's id, 0 outside a session. */
    public long writer() {
        return writer;
    }

    /** Its place among the records of its session, from 1; 0 without a session. */
    public long sequence() {
        return sequence;
    }

    /** All sequences of the writer up to this one have been answered to it. */
    public long lowWater() {
        return sequence - window;
    }

    /** What the writer appended; shares the encoded bytes. */
    public Bytes payload() {
        return encoded.slice(HEADER_BYTES, encoded.length() - HEADER_BYTES);
    }

    /** CRC32C over header and payload, as stored. */
    public int checksum() {
        return encoded.intAt(CRC_AT);
    }

    /** As its writer made it, checksum included. */
    public Bytes encoded() {
        return encoded;
    }

    /** Of the encoded form, in bytes. */
    public int length() {
        return encoded.length();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LogRecord r && encoded.equals(r.encoded);
    }

    @Override
    public int hashCode() {
        return encoded.hashCode();
    }

    @Override
    public String toString() {
        return kind + "(writer " + writer + ", sequence " + sequence + ", low water " + lowWater() + ", " + payload()
                + ")";
    }
}
