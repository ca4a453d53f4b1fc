package io.quorate.wal.log;

import java.util.List;

/**
 * Where entries arrive, whatever mode replicated them. Not thread-safe: one thread at a time.
 *
 * <p>Implementations are idempotent by LSN: an entry at or below {@link #appliedLsn()} is a no-op, and the position is stored
 * in the same atomic write as the data.
 */
public interface EntryApplier {
    Lsn appliedLsn();

    /**
     * Applies entries in LSN order.
     *
     * @param entries in order; those already applied are skipped
     * @return results of the entries that were applied now, in order
     * @throws LsnGapException if the first new entry is not the next one; nothing was applied
     * @throws LsnDivergenceException if an entry differs from what was applied at its LSN; nothing was applied
     */
    List<ApplyResult> apply(List<LogEntry> entries);
}
