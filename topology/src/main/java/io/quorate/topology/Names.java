package io.quorate.topology;

import java.util.Objects;
import java.util.regex.Pattern;

/** The one rule for names that people type and that become parts of file names: lower case, digits, dashes. */
final class Names {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private Names() {}

    static String check(String kind, String name) {
        Objects.requireNonNull(name, kind);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(kind + " '" + name
                    + "' must be 1 to 63 lower-case letters, digits or dashes, and neither begin nor end with a dash");
        }
        return name;
    }
}
