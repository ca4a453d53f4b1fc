package io.quorate.statemachine.client.core;

import java.util.Arrays;
import java.util.function.Consumer;

/** The unanswered appends of a session by sequence, and from them the low-water mark. */
final class SequenceRing {
    private Append[] slots = new Append[64];
    /** Invariant: all sequences up to it are answered. */
    private long lowWater;
    /** The highest sequence given. */
    private long last;

    long lowWater() {
        return lowWater;
    }

    long last() {
        return last;
    }

    /** Sequences between the low-water mark and the last one given. */
    long span() {
        return last - lowWater;
    }

    long next() {
        return last + 1;
    }

    /** Adds the append of the next sequence. */
    void add(Append append) {
        if (append.sequence() != last + 1) {
            throw new IllegalStateException("sequence " + append.sequence() + " after " + last);
        }
        if (span() == slots.length) {
            grow();
        }
        last++;
        slots[slot(last)] = append;
    }

    private int slot(long sequence) {
        return (int) (sequence & slots.length - 1);
    }

    private void grow() {
        Append[] larger = new Append[Math.multiplyExact(slots.length, 2)];
        for (long sequence = lowWater + 1; sequence <= last; sequence++) {
            larger[(int) (sequence & larger.length - 1)] = slots[slot(sequence)];
        }
        slots = larger;
    }

    void answered(long sequence) {
        slots[slot(sequence)] = null;
        while (lowWater < last && slots[slot(lowWater + 1)] == null) {
            lowWater++;
        }
    }

    /** Visits the unanswered ones in order; the visitor may answer those it is given. */
    void forEach(Consumer<Append> visitor) {
        for (long sequence = lowWater + 1; sequence <= last; sequence++) {
            Append append = slots[slot(sequence)];
            if (append != null) {
                visitor.accept(append);
            }
        }
    }

    boolean isEmpty() {
        return lowWater == last;
    }

    void clear() {
        Arrays.fill(slots, null);
        lowWater = 0;
        last = 0;
    }
}
