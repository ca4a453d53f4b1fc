package io.quorate.statemachine.raft.scan;

/**
 * What the caller knows about a log from elsewhere.
 *
 * @param snapshotIndex last log index in the latest durable snapshot or checkpoint; -1 if there is none. Entries up to it are not
 *     needed to open the log
 * @param durableIndexFloor last log index that this peer is known to have synced or committed; -1 if unknown. A log that ends
 *     before it, and before the snapshot, is refused. The group's floor file is looked at in any case
 * @param maxEntryBytes {@code raft.server.log.appender.buffer.byte-limit}, at least 1 KiB
 */
public record ScanBounds(long snapshotIndex, long durableIndexFloor, int maxEntryBytes) {
    private static final int LEAST_ENTRY_LIMIT = 1024;

    public ScanBounds {
        if (snapshotIndex < -1 || durableIndexFloor < -1) {
            throw new IllegalArgumentException(
                    "snapshot index " + snapshotIndex + ", floor " + durableIndexFloor + ": below -1");
        }
        if (maxEntryBytes < LEAST_ENTRY_LIMIT) {
            throw new IllegalArgumentException("maxEntryBytes < " + LEAST_ENTRY_LIMIT + ": " + maxEntryBytes);
        }
    }

    /** The last index that must be there, in the log or behind the snapshot. */
    ScanBounds withFloorOfAtLeast(long index) {
        return index <= durableIndexFloor ? this : new ScanBounds(snapshotIndex, index, maxEntryBytes);
    }
}
