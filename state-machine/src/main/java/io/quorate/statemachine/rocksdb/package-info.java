/**
 * The default {@link io.quorate.statemachine.store.StateStore}: one RocksDB per shard, without RocksDB's own log.
 *
 * <p>Guarantees: a batch and its position are one native write; all keyspaces lie in one column family, so that whatever RocksDB
 * flushes is the state after exactly the batches up to its position; a checkpoint names every one of its files with size and
 * CRC32C, is fsynced whole before it takes its name, and is verified whole before a store opens from it; no native memory is
 * touched after it was freed. All shards of a process share one block cache, one budget for memtables, and RocksDB's background
 * threads. API: internal, but for {@link io.quorate.statemachine.rocksdb.RocksDbStateStoreFactory} and {@link
 * io.quorate.statemachine.rocksdb.RocksDbMemory}.
 */
package io.quorate.statemachine.rocksdb;
