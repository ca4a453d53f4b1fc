package io.quorate.wal.apply;

import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.LsnDivergenceException;
import io.quorate.wal.log.LsnGapException;

/**
 * The one rule by which entries enter a state, whatever brought them: the next LSN passes; one at or below the applied LSN is a
 * repetition, and must be the same entry as far as that is still known; anything else is a gap.
 *
 * <p>Not thread-safe: owned by the thread that applies.
 */
public final class LsnGate {
    /** Checksums of the latest entries are remembered, to tell a repetition from a second history. */
    private static final int REMEMBERED = 4096;

    private final int[] checksums = new int[REMEMBERED];
    private long applied;
    /** Invariant: entries above it, up to applied, are in checksums. */
    private long unknownUpTo;

    public LsnGate(Lsn applied) {
        this.applied = applied.value();
        this.unknownUpTo = this.applied;
    }

    public Lsn applied() {
        return new Lsn(applied);
    }

    /**
     * True if the entry is the next one, and counts it as applied; false if it was applied before.
     *
     * @throws LsnGapException if entries before it are missing
     * @throws LsnDivergenceException if another entry was applied at its LSN
     */
    public boolean enter(LogEntry entry) {
        long lsn = entry.lsn().value();
        int slot = (int) (lsn % REMEMBERED);
        if (lsn <= applied) {
            boolean known = lsn > unknownUpTo && lsn > applied - REMEMBERED;
            if (known && checksums[slot] != entry.record().checksum()) {
                throw new LsnDivergenceException(
                        entry.lsn(), checksums[slot], entry.record().checksum());
            }
            return false;
        }
        if (lsn != applied + 1) {
            throw new LsnGapException(new Lsn(applied + 1), entry.lsn());
        }
        checksums[slot] = entry.record().checksum();
        applied = lsn;
        return true;
    }
}
