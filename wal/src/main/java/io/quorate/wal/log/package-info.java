/**
 * The replicated log as its users and its implementations see it: records that writers submit, entries that replicas apply,
 * batches that consensus carries, outcomes, concerns, and the {@link io.quorate.wal.log.ReplicatedLog} SPI.
 *
 * <p>Guarantees: values are immutable; decoders accept any bytes and answer with a value or a {@link
 * io.quorate.wal.log.CorruptFormatException} that says where and what; nothing here touches a clock, file or socket.
 *
 * <p>API: stable.
 */
package io.quorate.wal.log;
