package io.quorate.wal.log;

/** A log or a state is of a version that this replica's build or application does not have; nothing of it was applied. */
public final class UnsupportedVersionException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param message what has which version, and which this build knows */
    public UnsupportedVersionException(String message) {
        super(message);
    }
}
