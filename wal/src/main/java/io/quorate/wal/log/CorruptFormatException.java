package io.quorate.wal.log;

/** Bytes are not what their format says: wrong magic, unknown version, bad length or checksum. Says where and what. */
public final class CorruptFormatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CorruptFormatException(String message) {
        super(message);
    }

    public CorruptFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
