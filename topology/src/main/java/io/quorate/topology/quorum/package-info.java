/**
 * Quorum rules as pure functions over sets of peer ids.
 *
 * <p>Guarantees: any two majorities intersect, also while a configuration changes (a joint majority is a majority of the
 * old and of the new voters, Raft thesis section 4.3). Acknowledgements are sets of ids, never counters, so that an
 * acknowledgement that arrives twice counts once.
 *
 * <p>API: stable.
 */
package io.quorate.topology.quorum;
