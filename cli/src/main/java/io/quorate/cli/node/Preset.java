package io.quorate.cli.node;

import io.quorate.statemachine.raft.BatchLimits;
import io.quorate.statemachine.raft.RatisSettings;
import io.quorate.statemachine.rocksdb.RocksDbMemory;
import java.util.Arrays;
import java.util.stream.Collectors;

/** A set of timings and sizes that fit each other. */
public enum Preset {
    /** Few shards on a local network: failover within half a second. */
    LAN("lan", RatisSettings.lan(), 32L << 20),
    /** A hundred shards in a process: small buffers and rare heartbeats, so that failover takes seconds. */
    MANY_SHARDS("many-shards", RatisSettings.manyShards(), 4L << 20);

    /** What a Raft entry has around the records in it. */
    private static final int AROUND = 64 << 10;

    private final String text;
    private final RatisSettings raft;
    private final long shardWriteBufferBytes;

    Preset(String text, RatisSettings raft, long shardWriteBufferBytes) {
        this.text = text;
        this.raft = raft;
        this.shardWriteBufferBytes = shardWriteBufferBytes;
    }

    /** What a shard takes unless the file says otherwise. */
    Limits limits() {
        BatchLimits batches = raft.batches();
        return new Limits(batches.maxRecordBytes(), batches.maxQueuedRecords(), batches.maxQueuedBytes());
    }

    /** Appends that the queue of a shard takes at least, unless its node's file says less. */
    public static int leastQueueEntries() {
        return Arrays.stream(values())
                .mapToInt(preset -> preset.limits().queueEntries())
                .min()
                .orElseThrow();
    }

    /** Their bytes. */
    public static long leastQueueBytes() {
        return Arrays.stream(values())
                .mapToLong(preset -> preset.limits().queueBytes())
                .min()
                .orElseThrow();
    }

    /** The largest entry that may be asked for. */
    long mostEntryBytes() {
        return raft.appenderBytes() - AROUND;
    }

    /** Settings of Raft that take what the limits promise. */
    RatisSettings raft(Limits limits) {
        BatchLimits batches = raft.batches();
        int entry = Math.toIntExact(limits.entryBytes());
        return raft.withBatches(new BatchLimits(
                entry,
                Math.max(entry, batches.maxBatchBytes()),
                batches.maxBatchRecords(),
                batches.maxInFlight(),
                limits.queueEntries(),
                limits.queueBytes()));
    }

    /** Divides the memory of a node: a bit more than half of it for writes. */
    RocksDbMemory memory(long bytes) {
        long writes = bytes / 7 * 4;
        return new RocksDbMemory(bytes, writes, Math.min(shardWriteBufferBytes, writes / 4), 2);
    }

    /** @throws IllegalArgumentException naming the presets there are */
    public static Preset parse(String text) {
        return Arrays.stream(values())
                .filter(preset -> preset.text.equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no preset '" + text + "', only "
                        + Arrays.stream(values()).map(Preset::toString).collect(Collectors.joining(", "))));
    }

    /** As written in the file. */
    @Override
    public String toString() {
        return text;
    }
}
