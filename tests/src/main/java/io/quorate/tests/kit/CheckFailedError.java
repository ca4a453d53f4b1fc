package io.quorate.tests.kit;

import java.util.Objects;

/** A check found something; the message says what, at which entry, and how to see it again. */
public final class CheckFailedError extends AssertionError {
    private static final long serialVersionUID = 1;

    private final Finding finding;

    CheckFailedError(Finding finding, String message, String replay, Throwable cause) {
        super(finding + ": " + message + System.lineSeparator() + "  replay: " + replay, cause);
        this.finding = Objects.requireNonNull(finding, "finding");
    }

    /** Which rule was broken. */
    public Finding finding() {
        return finding;
    }
}
