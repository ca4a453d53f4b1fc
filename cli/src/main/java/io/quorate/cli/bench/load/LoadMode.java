package io.quorate.cli.bench.load;

import java.util.Locale;

/** When the next operation begins. */
public enum LoadMode {
    /** When an earlier one of the same writer has been answered, on the thread that brought the answer. */
    CLOSED,
    /** The same, with one thread for each outstanding operation that waits for its answer. */
    BLOCKING,
    /** At a fixed rate, whatever the answers do. */
    OPEN;

    /** As it is written in options and reports. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
