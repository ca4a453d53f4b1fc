package io.quorate.wal.log;

/**
 * Bounds of one slice.
 *
 * @param maxEntries from 1 to 10,000
 * @param maxBytes of payloads, from 1 to 16 MiB; exceeded only by a slice of one entry
 */
public record SliceLimits(int maxEntries, int maxBytes) {
    /** 1,000 entries, 1 MiB. */
    public static final SliceLimits DEFAULT = new SliceLimits(1000, 1 << 20);

    public SliceLimits {
        if (maxEntries < 1 || maxEntries > 10_000 || maxBytes < 1 || maxBytes > 16 << 20) {
            throw new IllegalArgumentException("slice of " + maxEntries + " entries and " + maxBytes
                    + " bytes: at most 10000 and 16 MiB, at least one of each");
        }
    }
}
