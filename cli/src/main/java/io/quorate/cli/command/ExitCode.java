package io.quorate.cli.command;

import java.util.Locale;

/** What a command's exit status means. Scripts rely on the numbers: they never change. */
public enum ExitCode {
    OK(0, "done"),
    FAILED(1, "failed; the message says at what, and what was done before"),
    USAGE(2, "wrong arguments, configuration or input"),
    REFUSED(3, "refused: certainly nothing changed, and the message says why"),
    INDETERMINATE(4, "no answer in time: it may or may not have happened, or may still happen"),
    UNAVAILABLE(5, "no node reachable, not initialised, or no leader; nothing was changed"),
    NOT_FOUND(6, "what was asked for does not exist"),
    PARTLY(7, "in part: it serves, or was done, but a node is down, a replica has a problem or a concern is not met");

    private final int status;
    private final String meaning;

    ExitCode(int status, String meaning) {
        this.status = status;
        this.meaning = meaning;
    }

    /** The exit status, 0 to 7. */
    public int status() {
        return status;
    }

    /** One line for the help text. */
    public String meaning() {
        return meaning;
    }

    /** Lower-case name, as in JSON errors. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
