package io.quorate.wal.log;

/** Entries were asked for that this replica's log does not hold any more; names the first that it does. */
public final class LogTruncatedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long first;

    /**
     * @param asked what was asked for
     * @param first the first that there still is
     */
    public LogTruncatedException(Lsn asked, Lsn first) {
        super("entry " + asked + " is not in this replica's log any more; the first that is available here is "
                + first);
        this.first = first.value();
    }

    /** The first entry that is available, or would be if there were one. */
    public Lsn first() {
        return new Lsn(first);
    }
}
