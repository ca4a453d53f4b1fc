package io.quorate.wal.log;

import java.nio.ByteBuffer;
import java.util.Objects;
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

    /** Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, figure 17. */
    private static final class SplitMix implements RandomGenerator {
        private static final long GOLDEN = 0x9e3779b97f4a7c15L;
        private long state;

        SplitMix(long seed) {
            this.state = seed;
        }

        @Override
        public long nextLong() {
            state += GOLDEN;
            long z = (state ^ state >>> 30) * 0xbf58476d1ce4e5b9L;
            z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
            return z ^ z >>> 31;
        }
    }

    /** What the record is: of a user, or of the log itself. */
    public EntryKind kind() {
        return record.kind();
    }

    /**
     * A generator that is the same on every replica and at every call: the only randomness that an apply function may use.
     * Its {@code nextLong} is defined here (SplitMix64) and does not change with the Java release; of the other methods, keep to
     * those whose Javadoc fixes the algorithm (not {@code nextGaussian} or {@code nextExponential}) where replicas may run
     * on different releases.
     */
    public RandomGenerator random() {
        return new SplitMix(lsn.value() * SplitMix.GOLDEN ^ record.checksum());
    }

    /**
     * CRC32C over all that an apply function may see: LSN, epoch, timestamp and the record's checksum. Two entries of equal
     * record but another timestamp are two histories, since a state may depend on it.
     */
    public int checksum() {
        byte[] bytes = new byte[3 * Long.BYTES + Integer.BYTES];
        ByteBuffer.wrap(bytes)
                .putLong(lsn.value())
                .putLong(epoch)
                .putLong(timestampMillis)
                .putInt(record.checksum());
        return Bytes.wrap(bytes).crc32c();
    }

    /** What the writer appended; shares the record's bytes. */
    public Bytes payload() {
        return record.payload();
    }
}
