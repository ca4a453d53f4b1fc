package io.quorate.statemachine.rocksdb;

import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.Env;
import org.rocksdb.Filter;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/** Block cache, write-buffer manager and threads that all stores of a factory share, and the options that refer to them. */
final class SharedMemory implements AutoCloseable {
    private static final double BLOOM_BITS_PER_KEY = 10;
    /** A shard takes at least one arena block in each column family: small, because a process holds many shards. */
    private static final long ARENA_BLOCK_BYTES = 64 << 10;

    static {
        RocksDB.loadLibrary();
    }

    private final RocksDbMemory memory;
    private final Cache cache;
    private final WriteBufferManager writeBuffers;
    private final Filter bloom = new BloomFilter(BLOOM_BITS_PER_KEY);

    SharedMemory(RocksDbMemory memory) {
        this.memory = memory;
        this.cache = new LRUCache(memory.totalBytes());
        this.writeBuffers = new WriteBufferManager(memory.writeBuffersBytes(), cache);
    }

    /** For one database; to be closed with it. */
    DBOptions databaseOptions() {
        return new DBOptions()
                .setEnv(Env.getDefault())
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setAtomicFlush(true)
                .setAvoidFlushDuringShutdown(true)
                .setWriteBufferManager(writeBuffers)
                .setMaxBackgroundJobs(memory.backgroundThreads())
                .setManifestPreallocationSize(64 << 10)
                .setSkipStatsUpdateOnDbOpen(true)
                .setSkipCheckingSstFileSizesOnDbOpen(true)
                .setMaxOpenFiles(256)
                .setStatsDumpPeriodSec(0)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(2)
                .setMaxLogFileSize(1 << 20);
    }

    /** For one column family; to be closed with its database. */
    ColumnFamilyOptions familyOptions() {
        BlockBasedTableConfig table = new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setCacheIndexAndFilterBlocks(true)
                .setPinL0FilterAndIndexBlocksInCache(true)
                .setFilterPolicy(bloom);
        return new ColumnFamilyOptions()
                .setWriteBufferSize(memory.shardWriteBufferBytes())
                .setArenaBlockSize(ARENA_BLOCK_BYTES)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setTableFormatConfig(table);
    }

    /** Bytes that stores of this factory hold in the cache: blocks, and memtables charged to it. */
    long usedBytes() {
        return cache.getUsage();
    }

    @Override
    public void close() {
        writeBuffers.close();
        cache.close();
        bloom.close();
    }
}
