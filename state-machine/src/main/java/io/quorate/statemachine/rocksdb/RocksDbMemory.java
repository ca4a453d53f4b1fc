package io.quorate.statemachine.rocksdb;

/**
 * Native memory and threads that all stores of a factory share, so that a process stays within its budget whatever the number
 * of shards.
 *
 * @param totalBytes of block cache; what memtables take is charged to it, so it bounds both; at least 8 MiB
 * @param writeBuffersBytes of {@code totalBytes} that the memtables of all shards may take together before they are flushed
 * @param shardWriteBufferBytes memtable of one shard, flushed when full; at least 64 KiB, at most {@code writeBuffersBytes}
 * @param backgroundThreads for flushes and compactions of all shards, from 2
 */
public record RocksDbMemory(
        long totalBytes, long writeBuffersBytes, long shardWriteBufferBytes, int backgroundThreads) {
    public RocksDbMemory {
        if (totalBytes < 8 << 20) {
            throw new IllegalArgumentException("totalBytes " + totalBytes + " < 8 MiB");
        }
        if (writeBuffersBytes < 0 || writeBuffersBytes > totalBytes) {
            throw new IllegalArgumentException(
                    "writeBuffersBytes " + writeBuffersBytes + " is not within totalBytes " + totalBytes);
        }
        if (shardWriteBufferBytes < 64 << 10 || shardWriteBufferBytes > writeBuffersBytes) {
            throw new IllegalArgumentException("shardWriteBufferBytes " + shardWriteBufferBytes
                    + " is not between 64 KiB and writeBuffersBytes " + writeBuffersBytes);
        }
        if (backgroundThreads < 2) {
            throw new IllegalArgumentException("backgroundThreads " + backgroundThreads + " < 2");
        }
    }

    /** For a node that serves: 224 MiB, of which 128 MiB for writes. */
    public static RocksDbMemory lan() {
        return new RocksDbMemory(224L << 20, 128L << 20, 32L << 20, 2);
    }

    /** For tests and demonstrations with several nodes on one machine: 32 MiB, of which 16 MiB for writes. */
    public static RocksDbMemory local() {
        return new RocksDbMemory(32L << 20, 16L << 20, 4L << 20, 2);
    }
}
