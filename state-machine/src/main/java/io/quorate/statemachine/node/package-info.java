/**
 * A node: its data directory, the shards it hosts, the services on its port, the metadata shard that holds the cluster, and the
 * operator's operations.
 *
 * <p>Guarantees: creating and removing a shard are records in the metadata shard that its leader carries out step by step and
 * resumes after any crash; every operation may be repeated; a node of another cluster is never talked into anything.
 *
 * <p>API: internal, but for {@link io.quorate.statemachine.node.QuorateNode}, {@link
 * io.quorate.statemachine.node.NodeConfig} and {@link io.quorate.statemachine.node.ClusterAdmin}.
 */
package io.quorate.statemachine.node;
