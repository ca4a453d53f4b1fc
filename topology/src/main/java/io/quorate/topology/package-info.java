/**
 * The words of a cluster as values: clusters, shards, their generations, nodes, peers and roles.
 *
 * <p>Guarantees: every type is immutable, checked when it is made, and pure (no clock, thread, file or socket). This
 * package depends on nothing of ours. API: stable, except where a type says otherwise.
 */
package io.quorate.topology;
