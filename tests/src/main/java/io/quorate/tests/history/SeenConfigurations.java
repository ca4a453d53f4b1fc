package io.quorate.tests.history;

import java.util.Arrays;

/**
 * The configurations that a search has been at, so that it need not explore one twice (Lowe 2017, section 3: what was
 * placed, and the state it left).
 *
 * <p>A configuration is a row of numbers in two parts: the first says which required steps are placed and in which
 * state the register is, the second how many members of each optional group are used. One configuration covers another
 * with the same first part and no fewer used members: whatever can follow the second can follow the first. So only
 * configurations that no earlier one covers are new. Open hashing over one growing array; memory is bounded.
 */
final class SeenConfigurations {
    enum Answer {
        NEW,
        COVERED,
        FULL
    }

    private static final int NOTHING = -1;
    private static final int ROW_HEADER = 2;
    /**
     * Many rows may differ in use only; looking at the latest finds most that cover, and missing one costs time only.
     */
    private static final int MOST_LOOKS = 64;

    private final long maxBytes;
    private final int usedLength;
    private int[] heads = new int[1 << 10];
    /** Rows: place of the next row with the same slot, length of the first part, first part, second part. */
    private int[] rows = new int[1 << 12];

    private int end;
    private int count;

    SeenConfigurations(long maxBytes, int usedLength) {
        this.maxBytes = maxBytes;
        this.usedLength = usedLength;
        Arrays.fill(heads, NOTHING);
    }

    /**
     * Remembers a configuration unless one is known that covers it.
     *
     * @param placed the first part, in the first {@code length} numbers
     * @param used the second part, always of the length given at the start
     */
    Answer add(int[] placed, int length, int[] used) {
        int slot = slot(hash(placed, 0, length));
        int looks = 0;
        for (int row = heads[slot]; row != NOTHING && looks < MOST_LOOKS; row = rows[row]) {
            looks++;
            if (covers(row, placed, length, used)) {
                return Answer.COVERED;
            }
        }
        int need = ROW_HEADER + length + usedLength;
        if (!reserve(need)) {
            return Answer.FULL;
        }
        slot = slot(hash(placed, 0, length));
        rows[end] = heads[slot];
        rows[end + 1] = length;
        System.arraycopy(placed, 0, rows, end + ROW_HEADER, length);
        System.arraycopy(used, 0, rows, end + ROW_HEADER + length, usedLength);
        heads[slot] = end;
        end += need;
        count++;
        return Answer.NEW;
    }

    private boolean covers(int row, int[] placed, int length, int[] used) {
        if (rows[row + 1] != length) {
            return false;
        }
        int first = row + ROW_HEADER;
        if (!Arrays.equals(rows, first, first + length, placed, 0, length)) {
            return false;
        }
        int second = first + length;
        for (int i = 0; i < usedLength; i++) {
            if (rows[second + i] > used[i]) {
                return false;
            }
        }
        return true;
    }

    /** Makes room for one more row, and for its slot; false if that is more memory than allowed. */
    private boolean reserve(int need) {
        if (end + (long) need > rows.length) {
            long longer = Math.min(Math.max(end + (long) need, rows.length * 2L), Integer.MAX_VALUE - 8);
            longer = Math.min(longer, maxBytes / Integer.BYTES - heads.length);
            if (longer < end + (long) need) {
                return false;
            }
            rows = Arrays.copyOf(rows, (int) longer);
        }
        boolean mayGrow = heads.length < 1 << 28 && (heads.length * 2L + rows.length) * Integer.BYTES <= maxBytes;
        if (count >= heads.length && mayGrow) {
            rehash();
        }
        return true;
    }

    private void rehash() {
        heads = new int[heads.length * 2];
        Arrays.fill(heads, NOTHING);
        int row = 0;
        while (row < end) {
            int length = rows[row + 1];
            int slot = slot(hash(rows, row + ROW_HEADER, length));
            rows[row] = heads[slot];
            heads[slot] = row;
            row += ROW_HEADER + length + usedLength;
        }
    }

    private int slot(int hash) {
        return hash & (heads.length - 1);
    }

    private static int hash(int[] numbers, int from, int length) {
        long hash = length;
        for (int i = from; i < from + length; i++) {
            hash = (hash ^ numbers[i]) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        return (int) hash;
    }
}
