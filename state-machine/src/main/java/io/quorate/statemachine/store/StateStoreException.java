package io.quorate.statemachine.store;

/** The storage engine or the disk failed; the message says at what, where, and what to do. */
public final class StateStoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StateStoreException(String message, Throwable cause) {
        super(message, cause);
    }

    public StateStoreException(String message) {
        super(message);
    }
}
