package io.quorate.cli.bench.load;

import java.util.Locale;

/** What a writer or reader does. */
public enum OperationKind {
    APPEND,
    READ;

    /** As it is written in options and reports. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
