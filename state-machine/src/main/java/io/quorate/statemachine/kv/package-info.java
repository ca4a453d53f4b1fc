/**
 * The ready-made key-value application, named {@code kv}: put, get, delete, compare-and-set, range, and transactions of
 * conditions and writes.
 *
 * <p>A user makes a {@link io.quorate.statemachine.kv.KvCommand}, appends its encoded form, and decodes the answer as a {@link
 * io.quorate.statemachine.kv.KvResult}:
 *
 * <pre>{@code
 * Bytes command = KvCommand.put(Bytes.utf8("color"), Bytes.utf8("green")).encode();
 * Bytes query = KvQuery.get(Bytes.utf8("color")).encode();
 * }</pre>
 *
 * <p>Guarantees: every command is atomic; a condition that does not hold is an answer, not a refusal; a malformed command is refused
 * and changes nothing; an answer to a query is bounded in bytes. Decoders accept any bytes and answer with a value or a {@link
 * io.quorate.wal.log.CorruptFormatException}. API: stable.
 */
package io.quorate.statemachine.kv;
