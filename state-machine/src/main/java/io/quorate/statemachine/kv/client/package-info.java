/**
 * The key-value application for those who call it: typed, asynchronous and blocking, over a {@link
 * io.quorate.statemachine.client.ShardClient}. API: stable.
 *
 * <p>Guarantees: what is returned did happen; what did not, or may not have, is a {@link
 * io.quorate.statemachine.kv.client.KvWriteException} that says which, or a {@link io.quorate.wal.log.ReadUnavailableException}.
 */
package io.quorate.statemachine.kv.client;
