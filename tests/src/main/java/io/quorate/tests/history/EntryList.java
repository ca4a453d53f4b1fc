package io.quorate.tests.history;

import java.util.Arrays;

/**
 * The invokes and deadlines of the steps that are not yet placed, in order of time, as a doubly linked list from which
 * a step is lifted in constant time and put back in constant time, in the opposite order of lifting (Lowe, "Testing for
 * linearizability", 2017, section 3, after Wing and Gong 1993).
 *
 * <p>Entry i, below n, is the invoke of step i, entry n + i its deadline. At equal times invokes stand before
 * deadlines, so that such steps are concurrent. The steps that may be placed next are those whose invoke stands before
 * the first deadline in the list.
 */
final class EntryList {
    private final int size;
    private final int[] next;
    private final int[] previous;
    private final int head;

    /**
     * @param invokes by step, rising
     * @param deadlines by step, each at or after the step's invoke
     */
    EntryList(long[] invokes, long[] deadlines) {
        this.size = invokes.length;
        this.head = 2 * size;
        this.next = new int[2 * size + 1];
        this.previous = new int[2 * size + 1];
        Integer[] byDeadline = new Integer[size];
        Arrays.setAll(byDeadline, i -> i);
        Arrays.sort(byDeadline, (a, b) -> Long.compare(deadlines[a], deadlines[b]));
        int last = head;
        int invoke = 0;
        for (int step : byDeadline) {
            while (invoke < size && invokes[invoke] <= deadlines[step]) {
                last = append(last, invoke++);
            }
            last = append(last, size + step);
        }
        append(last, head);
    }

    private int append(int last, int entry) {
        next[last] = entry;
        previous[entry] = last;
        return entry;
    }

    /** The first entry; it is an invoke, that of the unplaced step with the lowest number. Not on an empty list. */
    int first() {
        return next[head];
    }

    int next(int entry) {
        return next[entry];
    }

    boolean isDeadline(int entry) {
        return entry >= size;
    }

    /** The step whose deadline an entry is. */
    int stepOfDeadline(int entry) {
        return entry - size;
    }

    /** Takes a step out; its entries still know their places. */
    void lift(int step) {
        unlink(step);
        unlink(size + step);
    }

    /** Puts back the step that was lifted last of those not yet put back. */
    void unlift(int step) {
        relink(size + step);
        relink(step);
    }

    private void unlink(int entry) {
        next[previous[entry]] = next[entry];
        previous[next[entry]] = previous[entry];
    }

    private void relink(int entry) {
        next[previous[entry]] = entry;
        previous[next[entry]] = entry;
    }
}
