package io.quorate.cli.node;

import java.util.Objects;

/**
 * One thing that is wrong with a configuration file.
 *
 * @param line from 1; 0 if it concerns the file as a whole
 * @param message what is wrong and what to write instead
 */
public record ConfigProblem(int line, String message) {
    public ConfigProblem {
        Objects.requireNonNull(message, "message");
        if (line < 0) {
            throw new IllegalArgumentException("line " + line);
        }
    }
}
