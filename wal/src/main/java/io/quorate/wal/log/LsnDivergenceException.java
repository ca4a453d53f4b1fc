package io.quorate.wal.log;

/** Different content at an LSN that was applied: two histories. The replica stops; nothing was changed. */
public final class LsnDivergenceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * @param lsn of both entries
     * @param applied checksum of the one that was applied
     * @param found checksum of the one that came
     */
    public LsnDivergenceException(Lsn lsn, int applied, int found) {
        super(String.format("entry %s has checksum %08x, but %08x was applied there", lsn, found, applied));
    }
}
