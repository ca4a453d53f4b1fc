/**
 * Where a replica's state lies: the {@link io.quorate.statemachine.store.StateStore} SPI.
 *
 * <p>Guarantees asked of an implementation: a batch is atomic with its position; a checkpoint is durable, directory included,
 * before the call returns; opening returns to a checkpoint and never to a state between two of them. Everything else (LSNs,
 * sessions, exactly-once) follows from the log.
 *
 * <p>API: stable.
 */
package io.quorate.statemachine.store;
