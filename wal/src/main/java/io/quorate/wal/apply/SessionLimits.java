package io.quorate.wal.apply;

/**
 * Bounds of what a shard remembers for its writers. Part of the shard's definition: all replicas must use the same.
 *
 * @param maxSessions sessions open at once
 * @param maxWindow results remembered for one session, in records
 * @param maxResultBytes results remembered for one session, in bytes
 * @param maxTtlMillis longest time that an idle session lives, in cluster time
 */
public record SessionLimits(int maxSessions, int maxWindow, long maxResultBytes, long maxTtlMillis) {
    public static final SessionLimits DEFAULT = new SessionLimits(10_000, 1 << 16, 8 << 20, 24 * 3_600_000L);

    public SessionLimits {
        if (maxSessions < 1 || maxWindow < 1 || maxResultBytes < 1 || maxTtlMillis < 1) {
            throw new IllegalArgumentException(
                    "session limits must be above zero: " + maxSessions + " sessions, window " + maxWindow + ", "
                            + maxResultBytes + " result bytes, ttl " + maxTtlMillis + " ms");
        }
    }
}
