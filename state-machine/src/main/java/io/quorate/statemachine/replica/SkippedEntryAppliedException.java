package io.quorate.statemachine.replica;

import io.quorate.wal.log.Lsn;

/** The state of this replica holds the effect of an entry that all others skip. No entry behind it can mend that. */
public final class SkippedEntryAppliedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public SkippedEntryAppliedException(Lsn lsn) {
        super("has applied entry " + lsn
                + ", which the others skip, so that its state is another than theirs: rebuild it"
                + " from them with 'quorate peers remove', then 'quorate peers add'");
    }
}
