package io.quorate.statemachine.wire;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What every message begins with.
 *
 * <pre>
 * offset size  big-endian
 *      0    4  magic "QRTW"
 *      4    1  version, 2
 *      5    1  kind
 *      6    2  flags, 0; a set bit that is not known is refused
 *      8    4  number of frames
 *     12    4  length of the frames
 *     16    4  CRC32C of bytes 0 to 16 and of the frames
 *     20    .  frames
 *      .    .  records, each with its own length and checksum
 * </pre>
 */
final class Envelope {
    static final int REQUESTS = 1;
    static final int RESPONSES = 2;
    static final int ADMIN_CALL = 3;
    static final int ADMIN_REPLY = 4;

    private static final int MAGIC = 0x51525457;
    private static final int VERSION = 2;
    private static final int HEADER_BYTES = 20;
    private static final int CRC_AT = 16;

    private Envelope() {}

    /** A writer with room for the header; the frames are to follow. */
    static FrameWriter begin(int kind, int capacity) {
        return new FrameWriter(HEADER_BYTES + capacity)
                .i32(MAGIC)
                .u8(VERSION)
                .u8(kind)
                .u16(0)
                .i32(0)
                .i32(0)
                .i32(0);
    }

    static WireMessage end(FrameWriter out, int frames, List<Bytes> records) {
        out.i32At(8, frames).i32At(12, out.size() - HEADER_BYTES);
        // The checksum's own place is zero while it is computed.
        out.i32At(CRC_AT, out.crc32c(0));
        List<Bytes> parts = new ArrayList<>(1 + records.size());
        parts.add(out.written());
        parts.addAll(records);
        return WireMessage.of(parts);
    }

    /** A message that was taken apart and found intact, except for its records, which check themselves. */
    record Opened(int frames, FrameReader reader, Bytes records) {
        /** The reader of a message that has one frame and no records. */
        FrameReader single() {
            if (frames != 1 || !records.isEmpty()) {
                throw new CorruptFormatException("message of " + frames + " frames and " + records.length()
                        + " bytes of records; expected one frame");
            }
            return reader;
        }
    }

    static Opened open(Bytes message, int kind) {
        if (message.length() < HEADER_BYTES) {
            throw new CorruptFormatException("message of " + message.length() + " bytes, header is " + HEADER_BYTES);
        }
        FrameReader header = new FrameReader(message.slice(0, HEADER_BYTES));
        int magic = header.i32();
        if (magic != MAGIC) {
            throw new CorruptFormatException(String.format("message with magic %08x instead of %08x", magic, MAGIC));
        }
        int version = header.u8();
        if (version != VERSION) {
            throw new CorruptFormatException("message of version " + version + "; this build knows version " + VERSION);
        }
        int actualKind = header.u8();
        int flags = header.u16();
        if (actualKind != kind || flags != 0) {
            throw new CorruptFormatException("message of kind " + actualKind + " with flags " + flags
                    + "; expected kind " + kind + " without flags");
        }
        int frames = header.i32();
        int length = header.i32();
        if (frames < 0 || length < frames || length > message.length() - HEADER_BYTES) {
            throw new CorruptFormatException(
                    "message of " + message.length() + " bytes with " + frames + " frames in " + length + " bytes");
        }
        checkCrc(message, length, header.i32());
        int recordsAt = HEADER_BYTES + length;
        return new Opened(
                frames,
                new FrameReader(message.slice(HEADER_BYTES, length)),
                message.slice(recordsAt, message.length() - recordsAt));
    }

    private static void checkCrc(Bytes message, int framesLength, int stored) {
        CRC32C crc = new CRC32C();
        crc.update(message.slice(0, CRC_AT).buffer());
        crc.update(new byte[4], 0, 4);
        crc.update(message.slice(HEADER_BYTES, framesLength).buffer());
        if ((int) crc.getValue() != stored) {
            throw new CorruptFormatException(
                    String.format("message: checksum %08x, computed %08x", stored, (int) crc.getValue()));
        }
    }
}
