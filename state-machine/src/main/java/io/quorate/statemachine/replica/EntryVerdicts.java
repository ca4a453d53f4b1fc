package io.quorate.statemachine.replica;

import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.Lsn;
import java.util.List;

/** An operator's word on single entries that the application cannot apply; the same on every replica. */
@FunctionalInterface
public interface EntryVerdicts {
    /** No word on any. */
    EntryVerdicts NONE = entry -> false;

    /**
     * True if the entry is to keep its LSN and change nothing. Called by the thread that applies, for every entry of the
     * application: must be cheap.
     *
     * @throws EntryHeldException if it must be neither applied nor skipped yet
     * @throws IllegalStateException if the word is on another entry of this LSN: two histories
     */
    boolean isSkipped(LogEntry entry);

    /** Entries up to an LSN that are to be skipped, as far as is known here. */
    default List<Lsn> skippedUpTo(Lsn last) {
        return List.of();
    }
}
