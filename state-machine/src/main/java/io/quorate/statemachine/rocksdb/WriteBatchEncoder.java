package io.quorate.statemachine.rocksdb;

import io.quorate.wal.log.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;

/**
 * Writes the serialized form of a RocksDB write batch, so that a batch crosses into native code in one call instead of one call
 * for each put.
 *
 * <pre>
 * size  little-endian (RocksDB, db/write_batch.cc)
 *    8  sequence, 0: given by RocksDB
 *    4  number of records
 *    .  records: tag, [column family id, varint32], key length, varint32, key, [value length, varint32, value]
 * tags: 0x0 delete, 0x1 put, in column family 0; 0x4 delete, 0x5 put, with a column family id
 * </pre>
 */
final class WriteBatchEncoder {
    private static final int HEADER_BYTES = 12;
    private static final int COUNT_OFFSET = 8;
    private static final byte DELETE = 0x0;
    private static final byte PUT = 0x1;
    /** Added to a tag when a column family id follows. */
    private static final byte WITH_FAMILY = 0x4;

    private final byte[] bytes;
    private int end = HEADER_BYTES;
    private int count;

    /** @param capacityBytes as counted by {@link #sizeOf}, over all records */
    WriteBatchEncoder(long capacityBytes) {
        bytes = new byte[Math.toIntExact(HEADER_BYTES + capacityBytes)];
    }

    /** Bytes that the changes of a column family take. */
    static long sizeOf(int family, Map<Bytes, Optional<Bytes>> changes) {
        long size = 0;
        for (Map.Entry<Bytes, Optional<Bytes>> change : changes.entrySet()) {
            size += sizeOf(family, change.getKey(), change.getValue());
        }
        return size;
    }

    static long sizeOf(int family, Bytes key, Optional<Bytes> value) {
        long size = 1 + (family == 0 ? 0 : varintSize(family)) + varintSize(key.length()) + key.length();
        return value.isPresent()
                ? size + varintSize(value.get().length()) + value.get().length()
                : size;
    }

    private static int varintSize(int value) {
        return value == 0 ? 1 : (38 - Integer.numberOfLeadingZeros(value)) / 7;
    }

    void add(int family, Bytes key, Optional<Bytes> value) {
        byte tag = value.isPresent() ? PUT : DELETE;
        if (family == 0) {
            bytes[end++] = tag;
        } else {
            bytes[end++] = (byte) (tag + WITH_FAMILY);
            putVarint(family);
        }
        putString(key);
        if (value.isPresent()) {
            putString(value.get());
        }
        count++;
    }

    private void putString(Bytes string) {
        putVarint(string.length());
        string.copyTo(bytes, end);
        end += string.length();
    }

    private void putVarint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            bytes[end++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[end++] = (byte) rest;
    }

    /** The batch; nothing may be added afterwards. */
    byte[] finish() {
        if (end != bytes.length) {
            throw new IllegalStateException("write batch of " + end + " bytes, sized " + bytes.length);
        }
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(COUNT_OFFSET, count);
        return bytes;
    }
}
