package io.quorate.tests.history;

import java.io.IOException;
import java.nio.file.Path;

/** A history file that does not keep to the format; the message names the file, the line and what is wrong with it. */
public final class BadHistoryException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long lineNumber;

    BadHistoryException(Path file, long lineNumber, String problem, Throwable cause) {
        super(file + " line " + lineNumber + ": " + problem, cause);
        this.lineNumber = lineNumber;
    }

    /** The line that was refused, counted from 1. */
    public long lineNumber() {
        return lineNumber;
    }
}
