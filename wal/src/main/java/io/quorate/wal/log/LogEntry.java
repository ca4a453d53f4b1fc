package io.quorate.wal.log;

import java.util.Objects;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * One entry of a shard's log: a record that was committed and given its place.
 *
 * @param lsn its place, from 1
 * @param epoch fencing number of the leader that logged it (Raft term, Paxos ballot)
 * @param timestampMillis cluster time of its batch: the only time that an apply function may use
 * @param record what the writer submitted
 */
public record LogEntry(Lsn lsn, long epoch, long timestampMillis, LogRecord record) {
    public LogEntry {
        Objects.requireNonNull(record, "record");
        if (lsn.value() < 1) {
            throw new IllegalArgumentException("entry with lsn " + lsn);
        }
    }

    public EntryKind kind() {
        return record.kind();
    }

    /** A generator that is the same on every replica: the only randomness that an apply function may use. */
    public RandomGenerator random() {
        return new SplittableRandom(lsn.value() * 0x9e3779b97f4a7c15L ^ record.checksum());
    }

    public Bytes payload() {
        return record.payload();
    }
}
