package io.quorate.statemachine.service;

import java.util.Objects;

/** An administrative operation was refused or failed; the error has a name for programs. */
public final class AdminException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String error;

    /**
     * @param error name of the error, for example {@code UNKNOWN_OPERATION}
     * @param message what happened and what to do
     */
    public AdminException(String error, String message) {
        super(message);
        this.error = Objects.requireNonNull(error, "error");
    }

    public AdminException(String error, String message, Throwable cause) {
        super(message, cause);
        this.error = Objects.requireNonNull(error, "error");
    }

    public String error() {
        return error;
    }
}
