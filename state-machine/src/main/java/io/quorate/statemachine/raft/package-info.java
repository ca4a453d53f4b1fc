/**
 * Raft mode: Apache Ratis carries the batches, everything that Quorate promises beyond it is here. One Ratis group per shard, any
 * number of shards on one port.
 *
 * <p>Guarantees: an append answered {@code Committed} is on the disks of a majority; once handed to Ratis an append is never
 * answered {@code Rejected} except by the committed entry's own result; linearizable reads ask a majority for its term after
 * they arrived and use no clock; the Raft log is purged only behind a durable checkpoint. Ratis types stay inside this package.
 *
 * <p>API: internal, but for {@link io.quorate.statemachine.raft.RatisShardHost}, {@link
 * io.quorate.statemachine.raft.HostConfig}, {@link io.quorate.statemachine.raft.RatisSettings}, {@link
 * io.quorate.statemachine.raft.BatchLimits}, {@link io.quorate.statemachine.raft.ApplicationCatalog}, {@link
 * io.quorate.statemachine.raft.TlsFiles} and {@link io.quorate.statemachine.raft.QuorateStateMachine}.
 */
package io.quorate.statemachine.raft;
