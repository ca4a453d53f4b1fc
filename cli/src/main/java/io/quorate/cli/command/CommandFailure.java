package io.quorate.cli.command;

import java.util.Objects;

/** Ends a command with an exit code and a message for its user: what is wrong, and what to do. No stack trace is shown. */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ExitCode code;

    public CommandFailure(ExitCode code, String message) {
        this(code, message, null);
    }

    public CommandFailure(ExitCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code, "code");
        if (code == ExitCode.OK) {
            throw new IllegalArgumentException("a failure cannot end with " + code);
        }
    }

    public ExitCode code() {
        return code;
    }
}
