package io.quorate.statemachine.raft;

/**
 * Bounds of a shard's write path on its leader.
 *
 * @param maxRecordBytes largest record, header included
 * @param maxBatchBytes most bytes of records in one Raft entry; at least {@code maxRecordBytes}
 * @param maxBatchRecords most records in one Raft entry
 * @param maxInFlight Raft entries submitted and not yet applied
 * @param maxQueuedRecords records that wait to be submitted; beyond it appends are rejected with QUEUE_FULL
 * @param maxQueuedBytes the same in bytes
 */
public record BatchLimits(
        int maxRecordBytes,
        int maxBatchBytes,
        int maxBatchRecords,
        int maxInFlight,
        int maxQueuedRecords,
        long maxQueuedBytes) {
    /** For shards that are few and busy. */
    public static final BatchLimits DEFAULT = new BatchLimits(2 << 20, 2 << 20, 2048, 4, 1 << 16, 64 << 20);

    public BatchLimits {
        if (maxRecordBytes < 1024 || maxBatchBytes < maxRecordBytes) {
            throw new IllegalArgumentException("batch of " + maxBatchBytes + " bytes must hold a record of "
                    + maxRecordBytes + ", and that must be 1024 or more");
        }
        if (maxBatchRecords < 1 || maxInFlight < 1 || maxQueuedRecords < 1 || maxQueuedBytes < maxRecordBytes) {
            throw new IllegalArgumentException("limits must be above zero and the queue must hold one record");
        }
    }
}
