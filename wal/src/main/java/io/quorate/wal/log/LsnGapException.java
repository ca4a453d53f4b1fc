package io.quorate.wal.log;

/** Entries are missing: the applier waits for {@link #expected()}. */
public final class LsnGapException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long expected;

    /**
     * @param expected the next that can be applied
     * @param found what came, beyond that
     */
    public LsnGapException(Lsn expected, Lsn found) {
        super("entry " + expected + " is missing: found " + found);
        this.expected = expected.value();
    }

    /** The next that can be applied: what to send first. */
    public Lsn expected() {
        return new Lsn(expected);
    }
}
