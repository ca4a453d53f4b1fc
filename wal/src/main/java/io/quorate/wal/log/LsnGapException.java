package io.quorate.wal.log;

/** Entries are missing: the applier waits for {@link #expected()}. */
public final class LsnGapException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long expected;

    public LsnGapException(Lsn expected, Lsn found) {
        super("entry " + expected + " is missing: found " + found);
        this.expected = expected.value();
    }

    public Lsn expected() {
        return new Lsn(expected);
    }
}
