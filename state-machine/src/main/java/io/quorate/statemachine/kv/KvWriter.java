package io.quorate.statemachine.kv;

import io.quorate.wal.log.Bytes;
import java.nio.ByteBuffer;

/** Writes big-endian fields one after another into an array of known size. */
final class KvWriter {
    static final int HEADER_BYTES = 2;

    private final byte[] array;
    private final ByteBuffer out;

    /** Writes version and kind; {@code size} is without them. */
    KvWriter(int kind, int size) {
        array = new byte[Math.addExact(HEADER_BYTES, size)];
        out = ByteBuffer.wrap(array);
        u8(KvReader.VERSION).u8(kind);
    }

    KvWriter u8(int value) {
        out.put((byte) value);
        return this;
    }

    KvWriter flag(boolean value) {
        return u8(value ? 1 : 0);
    }

    KvWriter u16(int value) {
        out.putShort((short) value);
        return this;
    }

    KvWriter i32(int value) {
        out.putInt(value);
        return this;
    }

    KvWriter i64(long value) {
        out.putLong(value);
        return this;
    }

    KvWriter key(Bytes key) {
        return u16(key.length()).raw(key);
    }

    KvWriter value(Bytes value) {
        return i32(value.length()).raw(value);
    }

    KvWriter raw(Bytes bytes) {
        bytes.copyTo(array, out.position());
        out.position(out.position() + bytes.length());
        return this;
    }

    Bytes finish() {
        if (out.hasRemaining()) {
            throw new IllegalStateException(out.remaining() + " bytes too many were reserved");
        }
        return Bytes.wrap(array);
    }
}
