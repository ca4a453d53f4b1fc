package io.quorate.statemachine.rocksdb;

import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.Env;
import org.rocksdb.Filter;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/**
 * Block cache, memory for memtables and threads that all stores of a factory share, and the options that refer to them.
 *
 * <p>Chosen by measurement (256-byte values under random keys, CPU of writing, flushing and compacting per put): a memtable of 1
 * MiB stays in a core's own cache, where one of 32 MiB costs a chain of cache misses for each insertion; many of them are merged
 * by one flush, so that tables are as large as before. Tables of the upper levels are not compressed, since they are soon
 * written again. Blob files for large values were tried and left out: at 1 MiB they saved compaction, but flushing cost 2.5
 * times and reading 5 times as much.
 */
final class SharedMemory implements AutoCloseable {
    private static final double BLOOM_BITS_PER_KEY = 10;
    private static final long MEMTABLE_BYTES = 1 << 20;
    /** Part of a memtable that its Bloom filter takes: a read asks each of many memtables. */
    private static final double MEMTABLE_BLOOM_PART = 0.02;
    /** What a shard takes at least: small, because a process holds many shards. */
    private static final long ARENA_BLOCK_BYTES = 64 << 10;

    private static final int BLOCK_BYTES = 8 << 10;
    /** Tables are given to the disk in such steps, so that a fsync of the Raft log does not wait behind a whole table. */
    private static final long WRITTEN_BACK_BYTES = 1 << 20;

    private static final int OPEN_TABLES = 512;

    private static final List<CompressionType> COMPRESSION_BY_LEVEL = List.of(
            CompressionType.NO_COMPRESSION,
            CompressionType.NO_COMPRESSION,
            CompressionType.LZ4_COMPRESSION,
            CompressionType.LZ4_COMPRESSION,
            CompressionType.LZ4_COMPRESSION,
            CompressionType.LZ4_COMPRESSION,
            CompressionType.LZ4_COMPRESSION);

    private final RocksDbMemory memory;
    private final WriteBufferBudget budget;
    private final Cache cache;
    private final WriteBufferManager accounting;
    private final Filter bloom;

    SharedMemory(RocksDbMemory memory) {
        NativeLibrary.load();
        this.memory = memory;
        this.bloom = new BloomFilter(BLOOM_BITS_PER_KEY);
        this.budget = new WriteBufferBudget(memory.writeBuffersBytes());
        this.cache = new LRUCache(memory.totalBytes());
        // Charges memtables to the cache. Its own limit is never reached: the budget flushes long before.
        this.accounting = new WriteBufferManager(4 * memory.totalBytes(), cache);
    }

    WriteBufferBudget budget() {
        return budget;
    }

    /**
     * For one database; to be closed after it.
     *
     * @param direct tables are read and written past the page cache: see {@link DirectIo}
     */
    Options options(boolean direct) {
        long memtableBytes = Math.min(MEMTABLE_BYTES, memory.shardWriteBufferBytes() / 2);
        int merged = (int) (memory.shardWriteBufferBytes() / memtableBytes);
        return databaseOptions()
                .setUseDirectReads(direct)
                .setUseDirectIoForFlushAndCompaction(direct)
                .setWriteBufferSize(memtableBytes)
                .setMinWriteBufferNumberToMerge(merged)
                .setMaxWriteBufferNumber(3 * merged + 2)
                .setArenaBlockSize(Math.min(ARENA_BLOCK_BYTES, memtableBytes / 8))
                .setMemtablePrefixBloomSizeRatio(MEMTABLE_BLOOM_PART)
                .setMemtableWholeKeyFiltering(true)
                .setLevelZeroFileNumCompactionTrigger(8)
                .setLevelZeroSlowdownWritesTrigger(32)
                .setLevelZeroStopWritesTrigger(48)
                .setCompressionPerLevel(COMPRESSION_BY_LEVEL)
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(cache)
                        .setCacheIndexAndFilterBlocks(true)
                        .setPinL0FilterAndIndexBlocksInCache(true)
                        .setBlockSize(BLOCK_BYTES)
                        .setFilterPolicy(bloom));
    }

    private Options databaseOptions() {
        return new Options()
                .setEnv(Env.getDefault())
                .setCreateIfMissing(true)
                .setAvoidFlushDuringShutdown(true)
                .setWriteBufferManager(accounting)
                .setMaxBackgroundJobs(memory.backgroundThreads())
                .setBytesPerSync(WRITTEN_BACK_BYTES)
                .setManifestPreallocationSize(64 << 10)
                .setSkipStatsUpdateOnDbOpen(true)
                .setSkipCheckingSstFileSizesOnDbOpen(true)
                .setMaxOpenFiles(OPEN_TABLES)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(2)
                .setMaxLogFileSize(1 << 20);
    }

    /** Bytes that stores of this factory hold in the cache: blocks, and memtables charged to it. */
    long usedBytes() {
        return cache.getUsage();
    }

    @Override
    public void close() {
        accounting.close();
        cache.close();
        bloom.close();
    }
}
