package io.quorate.statemachine.store;

/** The storage engine or the disk failed; the message says at what, where, and what to do. */
public final class StateStoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * @param message what failed, where, and what to do
     * @param cause what the engine said
     */
    public StateStoreException(String message, Throwable cause) {
        super(message, cause);
    }

    /** @param message what failed, where, and what to do */
    public StateStoreException(String message) {
        super(message);
    }
}
