package io.quorate.wal.log;

/**
 * Log sequence number: position of an entry in a shard's log, dense from 1. Zero means "before the first".
 *
 * @param value from 0
 */
public record Lsn(long value) implements Comparable<Lsn> {
    /** Before the first entry. */
    public static final Lsn ZERO = new Lsn(0);

    public Lsn {
        if (value < 0) {
            throw new IllegalArgumentException("lsn < 0: " + value);
        }
    }

    /** The one behind this. */
    public Lsn next() {
        return new Lsn(Math.addExact(value, 1));
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
