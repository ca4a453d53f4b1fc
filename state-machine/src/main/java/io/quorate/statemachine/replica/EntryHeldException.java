package io.quorate.statemachine.replica;

import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.Lsn;

/** An entry is neither applied nor skipped while an operator's question to all replicas is open. */
public final class EntryHeldException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long lsn;
    private final int checksum;

    public EntryHeldException(LogEntry entry) {
        super("entry " + entry.lsn()
                + " is held until it is decided whether all replicas skip it; repeat 'quorate shards skip'");
        this.lsn = entry.lsn().value();
        this.checksum = entry.checksum();
    }

    public Lsn lsn() {
        return new Lsn(lsn);
    }

    /** {@link LogEntry#checksum} of that entry. */
    public int checksum() {
        return checksum;
    }
}
