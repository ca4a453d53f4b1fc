package io.quorate.topology;

/**
 * The life of a node's disk: drawn at random when a data directory is formatted. A wiped disk comes back with another
 * incarnation and so as another peer, which has promised nothing and remembers nothing (a peer that forgot its vote could
 * otherwise vote twice in one term).
 *
 * @param value any 64-bit number but zero
 */
public record Incarnation(long value) {
    public Incarnation {
        if (value == 0) {
            throw new IllegalArgumentException("incarnation is zero");
        }
    }

    /** Parses 16 hexadecimal digits. */
    public static Incarnation parse(String hex) {
        if (hex.length() != 16) {
            throw new IllegalArgumentException("incarnation '" + hex + "' is not 16 hexadecimal digits");
        }
        return new Incarnation(Long.parseUnsignedLong(hex, 16));
    }

    @Override
    public String toString() {
        return String.format("%016x", value);
    }
}
