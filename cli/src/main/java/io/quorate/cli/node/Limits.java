package io.quorate.cli.node;

/**
 * What a shard of this node takes before it refuses.
 *
 * @param entryBytes largest entry, from 1 KiB; how much it may be depends on the preset
 * @param queueEntries appends that wait or are in flight, in one shard, 16 to 1,000,000
 * @param queueBytes their bytes, 1 MiB to 4 GiB and not below {@code entryBytes}
 */
public record Limits(long entryBytes, int queueEntries, long queueBytes) {
    static final long LEAST_ENTRY = 1L << 10;
    static final int LEAST_QUEUE_ENTRIES = 16;
    static final int MOST_QUEUE_ENTRIES = 1_000_000;
    static final long LEAST_QUEUE = 1L << 20;
    static final long MOST_QUEUE = 4L << 30;

    public Limits {
        if (entryBytes < LEAST_ENTRY) {
            throw new IllegalArgumentException("entrySize of " + entryBytes + " bytes");
        }
        if (queueEntries < LEAST_QUEUE_ENTRIES || queueEntries > MOST_QUEUE_ENTRIES) {
            throw new IllegalArgumentException("queueEntries of " + queueEntries);
        }
        if (queueBytes < LEAST_QUEUE || queueBytes > MOST_QUEUE) {
            throw new IllegalArgumentException("queueSize of " + queueBytes + " bytes");
        }
        if (queueBytes < entryBytes) {
            throw new IllegalArgumentException("queueSize " + SizeText.format(queueBytes) + " is below entrySize "
                    + SizeText.format(entryBytes) + ": no such entry would ever fit");
        }
    }
}
