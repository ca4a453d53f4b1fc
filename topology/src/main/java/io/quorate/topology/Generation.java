package io.quorate.topology;

/**
 * The life of a shard: raised by restore, standby promotion and forced recovery. A message or entry of a lower generation
 * changes nothing (fencing compares generation first, then epoch).
 *
 * @param value from 1
 */
public record Generation(long value) implements Comparable<Generation> {
    /** The first life of a shard. */
    public static final Generation FIRST = new Generation(1);

    public Generation {
        if (value < 1) {
            throw new IllegalArgumentException("generation < 1: " + value);
        }
    }

    /** The life behind this one. */
    public Generation next() {
        return new Generation(Math.addExact(value, 1));
    }

    @Override
    public int compareTo(Generation other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
