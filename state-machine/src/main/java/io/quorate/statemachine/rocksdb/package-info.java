/**
 * The default {@link io.quorate.statemachine.store.StateStore}: one RocksDB per shard, without RocksDB's own log.
 *
 * <p>Guarantees: a batch and its position are one native write; keyspaces are column families that are flushed atomically, so a
 * checkpoint holds the state after exactly the batches up to its position; a checkpoint names every one of its files with size
 * and CRC32C ({@link io.quorate.statemachine.rocksdb.CheckpointManifest}), is fsynced whole before it takes its name, and is
 * verified whole before a store opens from it; no native memory is touched after it was freed. API: internal, but for {@link
 * io.quorate.statemachine.rocksdb.RocksDbStateStoreFactory} and {@link io.quorate.statemachine.rocksdb.RocksDbMemory}.
 */
package io.quorate.statemachine.rocksdb;
