package io.quorate.statemachine.rocksdb;

import io.quorate.wal.log.Bytes;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * Brings changes nearly into the order of their keys, cheaply: by the first bytes behind the prefix that all keys share, as many
 * as fit into a number beside the change's index. Not thread-safe.
 */
final class KeyOrder {
    private Object[] changes = new Object[64];
    /** Key bits above, index into {@link #changes} below; as signed numbers in unsigned order. */
    private long[] ranks = new long[64];

    private int size;
    private long indexMask;

    /** Takes changes over, until {@link #clear}. */
    void sort(Map<Bytes, Optional<Bytes>> unsorted) {
        size = unsorted.size();
        if (changes.length < size) {
            changes = new Object[size + size / 4];
            ranks = new long[changes.length];
        }
        int i = 0;
        for (Map.Entry<Bytes, Optional<Bytes>> change : unsorted.entrySet()) {
            changes[i++] = change;
        }
        indexMask = Math.max(1, Long.highestOneBit(size) * 2) - 1;
        rank(sharedPrefix());
        Arrays.sort(ranks, 0, size);
    }

    private int sharedPrefix() {
        if (size == 0) {
            return 0;
        }
        Bytes first = change(0).getKey();
        int shared = first.length();
        for (int i = 1; i < size && shared > 0; i++) {
            Bytes key = change(i).getKey();
            int limit = Math.min(shared, key.length());
            shared = 0;
            while (shared < limit && first.at(shared) == key.at(shared)) {
                shared++;
            }
        }
        return shared;
    }

    private void rank(int shared) {
        for (int i = 0; i < size; i++) {
            Bytes key = change(i).getKey();
            long bits = 0;
            int end = Math.min(key.length(), shared + Long.BYTES);
            for (int at = shared; at < end; at++) {
                bits |= (key.at(at) & 0xffL) << (Long.BYTES - 1 - (at - shared)) * Byte.SIZE;
            }
            ranks[i] = (bits & ~indexMask | i) ^ Long.MIN_VALUE;
        }
    }

    @SuppressWarnings("unchecked")
    private Map.Entry<Bytes, Optional<Bytes>> change(int index) {
        return (Map.Entry<Bytes, Optional<Bytes>>) changes[index];
    }

    /** The change at a place of the order, from 0. */
    Map.Entry<Bytes, Optional<Bytes>> at(int place) {
        return change((int) (ranks[place] & indexMask));
    }

    /** Lets go of the changes. */
    void clear() {
        Arrays.fill(changes, 0, size, null);
    }
}
