package io.quorate.tests.history;

import java.util.Locale;

/** What a line of a history says of an operation. */
public enum EventType {
    /** It is about to be sent. */
    INVOKE,
    /** It took effect, at some moment between its invoke and this line. */
    OK,
    /** It took no effect and never will. */
    FAIL,
    /** Nobody knows: it may take effect at any moment after its invoke, or never. */
    INFO;

    /** The name in a history file, field {@code type}. */
    String fileName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
