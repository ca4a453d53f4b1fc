package io.quorate.statemachine.raft.scan;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedInputStream;

/** Decodes one frame of a segment. Pure. */
final class FrameDecoder {
    static final int CHECKSUM_BYTES = 4;
    static final int MAX_LENGTH_BYTES = 5;

    private static final int TERM_TAG = 1 << 3;
    private static final int INDEX_TAG = 2 << 3;

    private FrameDecoder() {}

    /** @param maxEntryBytes largest n that is believed */
    static Frame decode(ByteSource bytes, long offset, int maxEntryBytes) throws IOException {
        ByteBuffer head = bytes.at(offset, MAX_LENGTH_BYTES);
        if (!head.hasRemaining()) {
            return new Frame.End();
        }
        if (head.get(0) == 0) {
            return new Frame.Zero();
        }
        long entryBytes = readLength(head);
        if (entryBytes == CUT) {
            return new Frame.CutShort(0);
        }
        if (entryBytes == MALFORMED) {
            return new Frame.BadLength("a length of more than " + MAX_LENGTH_BYTES + " bytes");
        }
        int lengthBytes = head.position();
        if (lengthBytes != lengthBytes(entryBytes)) {
            return new Frame.BadLength(
                    "length " + entryBytes + " in " + lengthBytes + " bytes, not in its shortest form");
        }
        if (entryBytes > maxEntryBytes) {
            return new Frame.BadLength("length " + entryBytes + ", above the limit of " + maxEntryBytes);
        }
        int total = lengthBytes + (int) entryBytes + CHECKSUM_BYTES;
        if (total > bytes.size() - offset) {
            return new Frame.CutShort(total);
        }
        return decodeWhole(bytes.at(offset, total), lengthBytes);
    }

    /** @param frame exactly one frame */
    private static Frame decodeWhole(ByteBuffer frame, int lengthBytes) {
        int total = frame.remaining();
        int stored = frame.getInt(total - CHECKSUM_BYTES);
        int computed = checksum(frame.slice(0, total - CHECKSUM_BYTES));
        if (stored != computed) {
            return new Frame.BadChecksum(total, stored, computed);
        }
        try {
            return readEntry(frame.slice(lengthBytes, total - lengthBytes - CHECKSUM_BYTES), total);
        } catch (IOException e) {
            return new Frame.Unreadable(total, e.getMessage());
        }
    }

    private static Frame readEntry(ByteBuffer message, int total) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(message);
        long term = 0;
        long index = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == TERM_TAG) {
                term = in.readUInt64();
            } else if (tag == INDEX_TAG) {
                index = in.readUInt64();
            } else {
                in.skipField(tag);
            }
        }
        if (term < 0 || index < 0) {
            return new Frame.Unreadable(total, "term " + term + ", index " + index);
        }
        return new Frame.Entry(total, term, index);
    }

    static final long CUT = -1;
    static final long MALFORMED = -2;

    /** The length at the position of the buffer, which moves behind it; or {@link #CUT} or {@link #MALFORMED}. */
    static long readLength(ByteBuffer in) {
        long value = 0;
        for (int i = 0; i < MAX_LENGTH_BYTES; i++) {
            if (!in.hasRemaining()) {
                return CUT;
            }
            byte next = in.get();
            value |= (long) (next & 0x7f) << 7 * i;
            if (next >= 0) {
                return value;
            }
        }
        return MALFORMED;
    }

    /** Bytes of the shortest form of a length. */
    static int lengthBytes(long value) {
        int bytes = 1;
        for (long rest = value >>> 7; rest != 0; rest >>>= 7) {
            bytes++;
        }
        return bytes;
    }

    static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
