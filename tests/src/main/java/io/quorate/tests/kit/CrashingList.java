package io.quorate.tests.kit;

import io.quorate.wal.log.LogEntry;
import java.util.AbstractList;
import java.util.List;

/** A list in which the process ends after so many looks: between any two entries, and behind the last. */
final class CrashingList extends AbstractList<LogEntry> {
    private final List<LogEntry> entries;
    private int looksLeft;

    CrashingList(List<LogEntry> entries, int looks) {
        this.entries = entries;
        this.looksLeft = looks;
    }

    /** So many looks a loop over the list takes: one at each entry and one at the end before each. */
    static int looksOfALoop(int entries) {
        return 2 * entries + 1;
    }

    private void look() {
        if (looksLeft == 0) {
            throw new SimulatedCrash();
        }
        looksLeft--;
    }

    @Override
    public LogEntry get(int index) {
        look();
        return entries.get(index);
    }

    @Override
    public int size() {
        look();
        return entries.size();
    }
}
