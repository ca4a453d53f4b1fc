package io.quorate.wal.log;

/** Bytes are not what their format says: wrong magic, unknown version, bad length or checksum. Says where and what. */
public final class CorruptFormatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param message what is wrong, where, with the values found */
    public CorruptFormatException(String message) {
        super(message);
    }

    /**
     * @param message what is wrong, where, with the values found
     * @param cause what the decoder met
     */
    public CorruptFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
