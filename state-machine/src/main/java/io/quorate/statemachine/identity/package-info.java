/**
 * Whose data directory is it: node, incarnation of its disk, cluster.
 *
 * <p>Guarantees: a directory serves one process at a time and only the node that it was formatted for; what is damaged, of
 * another node or cluster, of a newer version, or not a data directory at all is refused by name and left unchanged; a wiped
 * disk comes back with another incarnation, hence as another peer. API: stable.
 */
package io.quorate.statemachine.identity;
