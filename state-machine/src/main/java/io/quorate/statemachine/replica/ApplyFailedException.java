package io.quorate.statemachine.replica;

import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.Lsn;

/**
 * The application failed at an entry, by a bug or on broken data. This replica stops before that LSN; nothing of the list that the
 * entry came in was applied.
 */
public final class ApplyFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long lsn;
    private final int checksum;

    public ApplyFailedException(String application, LogEntry entry, Throwable cause) {
        super("application '" + application + "' failed at entry " + entry.lsn() + ": " + cause, cause);
        this.lsn = entry.lsn().value();
        this.checksum = entry.checksum();
    }

    /** {@link LogEntry#checksum} of that entry. */
    public int checksum() {
        return checksum;
    }

    /** The entry that could not be applied. */
    public Lsn lsn() {
        return new Lsn(lsn);
    }
}
