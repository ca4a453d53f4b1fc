/**
 * The client: appends and reads to the shards of a cluster, over one stream to each node.
 *
 * <p>Guarantees: every append ends in one {@link io.quorate.wal.log.AppendOutcome} by its deadline; it is applied at most once,
 * also when it was sent many times; {@code Rejected} means that it certainly was not and never will be. Memory is bounded by what
 * may be outstanding. One thread runs everything: callers hand over, and what many callers hand over while a message is being
 * written shares the next one. Nothing waits for company (no linger). API: stable.
 */
package io.quorate.statemachine.client;
