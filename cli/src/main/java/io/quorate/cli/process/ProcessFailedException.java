package io.quorate.cli.process;

/** A child process ended, or did not become ready in time; the message carries the end of its log. */
public final class ProcessFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ProcessFailedException(String message) {
        super(message);
    }
}
