package io.quorate.statemachine.raft;

import io.quorate.wal.log.Lsn;

/**
 * The entry at which a replica is parked since its application cannot apply it, or since it is held.
 *
 * @param lsn the entry
 * @param index consensus index of its batch
 * @param checksum of the entry
 * @param held true if it was not tried, since it is held
 * @param cause what the application said
 */
public record ParkedEntry(Lsn lsn, long index, int checksum, boolean held, String cause) {}
