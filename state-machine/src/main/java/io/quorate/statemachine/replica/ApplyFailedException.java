package io.quorate.statemachine.replica;

import io.quorate.wal.log.Lsn;

/**
 * The application failed at an entry, by a bug or on broken data. This replica stops before that LSN; nothing of the list that the
 * entry came in was applied.
 */
public final class ApplyFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long lsn;

    public ApplyFailedException(String application, Lsn lsn, Throwable cause) {
        super("application '" + application + "' failed at entry " + lsn + ": " + cause, cause);
        this.lsn = lsn.value();
    }

    /** The entry that could not be applied. */
    public Lsn lsn() {
        return new Lsn(lsn);
    }
}
