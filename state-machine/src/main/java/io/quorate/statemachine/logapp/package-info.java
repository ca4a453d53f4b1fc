/**
 * The ready-made log application, named {@code log}: keeps each entry under its LSN, byte for byte, until it is truncated.
 *
 * <p>A user appends {@link io.quorate.statemachine.logapp.LogCommand#append}, reads on from any LSN with {@link
 * io.quorate.statemachine.logapp.LogQuery#read}, and lets old entries go with {@link
 * io.quorate.statemachine.logapp.LogCommand#truncateBelow}. LSNs are those of the shard's log: they ascend, but not by one, since
 * writer sessions and truncations take LSNs too.
 *
 * <p>Guarantees: an answer is bounded in entries and bytes; a command does a bounded amount of work. Decoders accept any bytes and
 * answer with a value or a {@link io.quorate.wal.log.CorruptFormatException}. API: stable.
 */
package io.quorate.statemachine.logapp;
