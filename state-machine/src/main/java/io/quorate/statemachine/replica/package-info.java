/**
 * A replica's state machine, without any consensus in it: committed batches in, answers out, state and position in one store
 * batch. Raft, Paxos and the test kit drive the same one.
 *
 * <p>API: internal.
 */
package io.quorate.statemachine.replica;
