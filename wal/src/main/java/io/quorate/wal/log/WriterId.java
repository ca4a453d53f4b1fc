package io.quorate.wal.log;

/**
 * A writer session: the LSN of the record that opened it, so it is unique in the life of a shard. Zero means no session: such
 * a record is never taken for a retry, and must not be retried by who cannot bear it twice.
 *
 * @param value from 0
 */
public record WriterId(long value) {
    /** Of a record without a session, which is never recognized as a retry. */
    public static final WriterId NONE = new WriterId(0);

    public WriterId {
        if (value < 0) {
            throw new IllegalArgumentException("writer id < 0: " + value);
        }
    }

    @Override
    public String toString() {
        return value == 0 ? "none" : Long.toString(value);
    }
}
