package io.quorate.wal.log;

/**
 * The versions of something that a build supports, both ends included.
 *
 * @param oldest from 1
 * @param newest at least {@code oldest}
 */
public record VersionRange(int oldest, int newest) {
    public VersionRange {
        if (oldest < 1 || newest < oldest) {
            throw new IllegalArgumentException("versions " + oldest + " to " + newest);
        }
    }

    /** Whether a version lies within, both ends included. */
    public boolean contains(int version) {
        return oldest <= version && version <= newest;
    }

    @Override
    public String toString() {
        return oldest == newest ? Integer.toString(oldest) : oldest + " to " + newest;
    }
}
