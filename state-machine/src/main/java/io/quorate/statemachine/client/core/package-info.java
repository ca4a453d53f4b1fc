/**
 * The client's decisions as step functions: events in, actions out. Writer sessions, retries, following the leader and choosing
 * replicas for reads; no clock, thread, socket, future or logger. Time is an argument, randomness a generator given at the
 * start.
 *
 * <p>Guarantees: an append is answered once; {@code Rejected} only if no attempt of it can have reached the log; within its
 * session it is re-sent with the same bytes; it never enters a second session unless it certainly was not applied in the first.
 * API: internal.
 */
package io.quorate.statemachine.client.core;
