package io.quorate.statemachine.wire;

import io.quorate.wal.log.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/** A growing array, written big-endian. */
final class FrameWriter {
    private static final VarHandle SHORT = view(short[].class);
    private static final VarHandle INT = view(int[].class);
    private static final VarHandle LONG = view(long[].class);

    private byte[] array;
    private int size;

    FrameWriter(int capacity) {
        array = new byte[capacity];
    }

    private static VarHandle view(Class<?> type) {
        return MethodHandles.byteArrayViewVarHandle(type, ByteOrder.BIG_ENDIAN);
    }

    int size() {
        return size;
    }

    private int reserve(int bytes) {
        int at = size;
        size = Math.addExact(size, bytes);
        if (size > array.length) {
            array = Arrays.copyOf(array, Math.max(size, (int) Math.min(Integer.MAX_VALUE - 8, array.length * 2L)));
        }
        return at;
    }

    FrameWriter u8(int value) {
        int at = reserve(1);
        array[at] = (byte) value;
        return this;
    }

    FrameWriter u16(int value) {
        int at = reserve(Short.BYTES);
        SHORT.set(array, at, (short) value);
        return this;
    }

    FrameWriter i32(int value) {
        int at = reserve(Integer.BYTES);
        INT.set(array, at, value);
        return this;
    }

    FrameWriter i32At(int offset, int value) {
        INT.set(array, offset, value);
        return this;
    }

    FrameWriter i64(long value) {
        int at = reserve(Long.BYTES);
        LONG.set(array, at, value);
        return this;
    }

    FrameWriter uuid(UUID value) {
        return i64(value.getMostSignificantBits()).i64(value.getLeastSignificantBits());
    }

    /** u32 length and bytes. */
    FrameWriter bytes(Bytes value) {
        i32(value.length());
        int at = reserve(value.length());
        value.copyTo(array, at);
        return this;
    }

    /** u16 length and UTF-8; what is longer than a u16 can say is cut at a character. */
    FrameWriter text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(utf8.length, 0xffff);
        while (length < utf8.length && (utf8[length] & 0xc0) == 0x80) {
            length--;
        }
        u16(length);
        int at = reserve(length);
        System.arraycopy(utf8, 0, array, at, length);
        return this;
    }

    /** What was written; shares the array, so nothing may be written afterwards. */
    Bytes written() {
        return Bytes.wrap(array, 0, size);
    }

    int crc32c(int offset) {
        return Bytes.wrap(array, offset, size - offset).crc32c();
    }
}
