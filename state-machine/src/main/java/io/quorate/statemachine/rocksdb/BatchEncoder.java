package io.quorate.statemachine.rocksdb;

import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.wal.log.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * Writes the serialized form of a RocksDB write batch, so that a batch crosses into native code in one call instead of one call
 * for each put, and its keys arrive (nearly) sorted, so that neighbours in the memtable are inserted one after the other.
 *
 * <pre>
 * size  little-endian (RocksDB, db/write_batch.cc)
 *    8  sequence, 0: given by RocksDB
 *    4  number of puts and deletes
 *    .  records: u8 tag, varint32 length, key, and for a put varint32 length, value
 * tags: 0x0 delete, 0x1 put, 0x3 one string that is skipped: fills the array, which is used again
 * </pre>
 *
 * <p>Not thread-safe: owned by the thread that writes.
 */
final class BatchEncoder {
    private static final int HEADER_BYTES = 12;
    private static final int COUNT_OFFSET = 8;
    private static final byte DELETE = 0x0;
    private static final byte PUT = 0x1;
    private static final byte SKIPPED = 0x3;
    /** Larger arrays are not kept for the next batch. */
    private static final int KEPT_BYTES = 4 << 20;

    private static final int MAX_VARINT_BYTES = 5;
    private static final VarHandle LITTLE_INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final KeyOrder order = new KeyOrder();
    private byte[] bytes = new byte[0];
    private int end;
    private int count;

    /**
     * Encodes a batch and its position.
     *
     * @return a whole array, valid until the next call
     * @throws ArithmeticException if it exceeds 2 GiB
     */
    byte[] encode(StateBatch batch, Position position) {
        Bytes stored = position.encode();
        byte[] positionKey = KeyLayout.position();
        long size = HEADER_BYTES + positionKey.length + stored.length() + 1 + 2 * MAX_VARINT_BYTES;
        for (Keyspace keyspace : Keyspace.values()) {
            size += sizeOf(batch.changes(keyspace));
        }
        reserve(size);
        end = HEADER_BYTES;
        count = 0;
        bytes[end++] = PUT;
        putString(positionKey);
        putString(stored);
        count++;
        for (Keyspace keyspace : Keyspace.values()) {
            add(KeyLayout.code(keyspace), batch.changes(keyspace));
        }
        fill();
        Arrays.fill(bytes, 0, COUNT_OFFSET, (byte) 0);
        LITTLE_INT.set(bytes, COUNT_OFFSET, count);
        return bytes;
    }

    /** At most so many bytes. */
    private static long sizeOf(Map<Bytes, Optional<Bytes>> changes) {
        long size = 0;
        for (Map.Entry<Bytes, Optional<Bytes>> change : changes.entrySet()) {
            Optional<Bytes> value = change.getValue();
            size += 2 + 2 * MAX_VARINT_BYTES + change.getKey().length();
            size += value.isPresent() ? value.get().length() : 0;
        }
        return size;
    }

    /** Takes the array of the last batch if it fits and is not much too long. */
    private void reserve(long size) {
        long needed = size + 1 + MAX_VARINT_BYTES;
        if (bytes.length < needed || bytes.length > KEPT_BYTES || bytes.length > needed + needed / 4 + 1024) {
            bytes = new byte[Math.toIntExact(needed + needed / 8)];
        }
    }

    private void add(byte code, Map<Bytes, Optional<Bytes>> changes) {
        order.sort(changes);
        for (int i = 0; i < changes.size(); i++) {
            Map.Entry<Bytes, Optional<Bytes>> change = order.at(i);
            Optional<Bytes> value = change.getValue();
            bytes[end++] = value.isPresent() ? PUT : DELETE;
            Bytes key = change.getKey();
            putVarint(1 + key.length());
            bytes[end++] = code;
            putBytes(key);
            if (value.isPresent()) {
                putString(value.get());
            }
            count++;
        }
        order.clear();
    }

    private void putString(byte[] string) {
        putString(Bytes.wrap(string));
    }

    private void putString(Bytes string) {
        putVarint(string.length());
        putBytes(string);
    }

    private void putBytes(Bytes string) {
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

    /** One record that RocksDB skips, up to the end of the array: its length in a varint of full width. */
    private void fill() {
        bytes[end++] = SKIPPED;
        int length = bytes.length - end - MAX_VARINT_BYTES;
        for (int i = 0; i < MAX_VARINT_BYTES - 1; i++) {
            bytes[end++] = (byte) (length >>> 7 * i | 0x80);
        }
        bytes[end] = (byte) (length >>> 7 * (MAX_VARINT_BYTES - 1));
    }
}
