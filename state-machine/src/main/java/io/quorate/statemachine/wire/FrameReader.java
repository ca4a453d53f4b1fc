package io.quorate.statemachine.wire;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Reads what {@link FrameWriter} wrote, and whatever else it is given: every read is checked against what is left. */
final class FrameReader {
    private final Bytes bytes;
    private final ByteBuffer in;

    FrameReader(Bytes bytes) {
        this.bytes = bytes;
        this.in = bytes.buffer();
    }

    int left() {
        return in.remaining();
    }

    private void need(int count) {
        if (count < 0 || count > in.remaining()) {
            throw new CorruptFormatException("message cut at byte " + in.position() + ": " + count + " bytes wanted, "
                    + in.remaining() + " left");
        }
    }

    int u8() {
        need(1);
        return in.get() & 0xff;
    }

    int u16() {
        need(Short.BYTES);
        return in.getShort() & 0xffff;
    }

    int i32() {
        need(Integer.BYTES);
        return in.getInt();
    }

    long i64() {
        need(Long.BYTES);
        return in.getLong();
    }

    UUID uuid() {
        return new UUID(i64(), i64());
    }

    /** Shares the message's array. */
    Bytes bytes() {
        int length = i32();
        need(length);
        Bytes value = bytes.slice(in.position(), length);
        in.position(in.position() + length);
        return value;
    }

    String text() {
        int length = u16();
        need(length);
        ByteBuffer utf8 = in.slice(in.position(), length);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        in.position(in.position() + length);
        try {
            CharBuffer text = decoder.decode(utf8);
            return text.toString();
        } catch (CharacterCodingException e) {
            throw new CorruptFormatException("text at byte " + (in.position() - length) + " is not UTF-8", e);
        }
    }

    void end() {
        if (in.hasRemaining()) {
            throw new CorruptFormatException(in.remaining() + " bytes after the end of the message");
        }
    }
}
