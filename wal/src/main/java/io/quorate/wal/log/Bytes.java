package io.quorate.wal.log;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * An immutable slice of bytes with value equality, ordered as unsigned bytes. Wrapping does not copy: whoever wraps an array
 * gives it away and must not write to it again.
 */
public final class Bytes implements Comparable<Bytes> {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** No bytes. */
    public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

    private final byte[] array;
    private final int offset;
    private final int length;

    private Bytes(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** Shares the array: whoever wraps it must not change it any more. */
    public static Bytes wrap(byte[] array) {
        return array.length == 0 ? EMPTY : new Bytes(array, 0, array.length);
    }

    /**
     * Shares a part of the array: whoever wraps it must not change that part any more.
     *
     * @throws IndexOutOfBoundsException if the part is not within the array
     */
    public static Bytes wrap(byte[] array, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, array.length);
        return new Bytes(array, offset, length);
    }

    /** The remaining bytes of a buffer: shared if it has an array, copied otherwise. The buffer's position is left alone. */
    public static Bytes wrap(ByteBuffer buffer) {
        if (buffer.hasArray()) {
            return wrap(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
        }
        byte[] copy = new byte[buffer.remaining()];
        buffer.duplicate().get(copy);
        return wrap(copy);
    }

    /** Copies the array. */
    public static Bytes copyOf(byte[] array) {
        return wrap(array.clone());
    }

    /** The text in UTF-8; what is no text (a lone surrogate) becomes a question mark. */
    public static Bytes utf8(String text) {
        return wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** In bytes. */
    public int length() {
        return length;
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return length == 0;
    }

    /**
     * One byte.
     *
     * @param index from 0, below {@link #length}
     * @throws IndexOutOfBoundsException if it is not
     */
    public byte at(int index) {
        return array[offset + Objects.checkIndex(index, length)];
    }

    /** The big-endian number in the four bytes from {@code index}. */
    public int intAt(int index) {
        return (int) INT.get(array, offset + Objects.checkFromIndexSize(index, Integer.BYTES, length));
    }

    /** The big-endian number in the eight bytes from {@code index}. */
    public long longAt(int index) {
        return (long) LONG.get(array, offset + Objects.checkFromIndexSize(index, Long.BYTES, length));
    }

    /**
     * A part of these, which shares their array.
     *
     * @throws IndexOutOfBoundsException if it is not within these
     */
    public Bytes slice(int from, int sliceLength) {
        Objects.checkFromIndexSize(from, sliceLength, length);
        return new Bytes(array, offset + from, sliceLength);
    }

    /** A read-only big-endian view. */
    public ByteBuffer buffer() {
        return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
    }

    /** A copy. */
    public byte[] toArray() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    /**
     * Copies all of them.
     *
     * @throws IndexOutOfBoundsException if they do not fit behind the offset
     */
    public void copyTo(byte[] target, int targetOffset) {
        System.arraycopy(array, offset, target, targetOffset, length);
    }

    /**
     * Writes all of them.
     *
     * @throws IOException as the stream says
     */
    public void writeTo(OutputStream out) throws IOException {
        out.write(array, offset, length);
    }

    /** This slice in an array and offset of its own, so that it does not keep a large message alive. */
    public Bytes compact() {
        return length == array.length ? this : wrap(toArray());
    }

    /** CRC32C (Castagnoli) of the bytes, as an unsigned 32-bit number in an int. */
    public int crc32c() {
        return crc32c(0, length);
    }

    /** CRC32C of {@code sliceLength} bytes from {@code from}. */
    public int crc32c(int from, int sliceLength) {
        Objects.checkFromIndexSize(from, sliceLength, length);
        CRC32C crc = new CRC32C();
        crc.update(array, offset + from, sliceLength);
        return (int) crc.getValue();
    }

    /** As text; what is no UTF-8 becomes U+FFFD. */
    public String utf8() {
        return new String(array, offset, length, StandardCharsets.UTF_8);
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(
                array, offset, offset + length, other.array, other.offset, other.offset + other.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes b
                && Arrays.equals(array, offset, offset + length, b.array, b.offset, b.offset + b.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    /** The first bytes in hexadecimal and the length. */
    @Override
    public String toString() {
        int shown = Math.min(length, 16);
        String hex = HexFormat.of().formatHex(array, offset, offset + shown);
        return hex + (shown < length ? ".." : "") + "[" + length + "]";
    }
}
