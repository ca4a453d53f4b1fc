package io.quorate.topology;

import java.util.regex.Pattern;

/**
 * The life of a node's disk: drawn at random when a data directory is formatted. A wiped disk comes back with another
 * incarnation and so as another peer, which has promised nothing and remembers nothing (a peer that forgot its vote could
 * otherwise vote twice in one term).
 *
 * @param value any 64-bit number but zero
 */
public record Incarnation(long value) {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{16}");

    public Incarnation {
        if (value == 0) {
            throw new IllegalArgumentException("incarnation is zero");
        }
    }

    /** Parses 16 lower-case hexadecimal digits. */
    public static Incarnation parse(String hex) {
        if (!HEX.matcher(hex).matches()) {
            throw new IllegalArgumentException("incarnation '" + hex + "' is not 16 lower-case hexadecimal digits");
        }
        return new Incarnation(Long.parseUnsignedLong(hex, 16));
    }

    @Override
    public String toString() {
        return String.format("%016x", value);
    }
}
