package io.quorate.wal.apply;

/**
 * Bounds of what a shard remembers for its writers. Part of the shard's definition: all replicas must use the same. An answer is
 * remembered while its session is below the bounds, so each of the byte bounds may be exceeded by one result.
 *
 * @param maxSessions sessions open at once
 * @param maxWindow results remembered for one session, in records
 * @param maxSessionBytes results remembered for one session, in bytes; neighbours with equal results count once
 * @param maxTotalBytes results remembered for all sessions together, in bytes
 * @param maxTtlMillis longest time that an idle session lives, in cluster time
 */
public record SessionLimits(
        int maxSessions, int maxWindow, long maxSessionBytes, long maxTotalBytes, long maxTtlMillis) {
    /** 10,000 sessions, 65,536 results and 8 MiB each, 64 MiB in all, one day. */
    public static final SessionLimits DEFAULT =
            new SessionLimits(10_000, 1 << 16, 8L << 20, 64L << 20, 24 * 3_600_000L);

    public SessionLimits {
        if (maxSessions < 1 || maxWindow < 1 || maxSessionBytes < 1 || maxTotalBytes < 1 || maxTtlMillis < 1) {
            throw new IllegalArgumentException("session limits must be above zero: " + maxSessions
                    + " sessions, window "
                    + maxWindow + ", " + maxSessionBytes + " bytes a session, " + maxTotalBytes + " bytes in all, ttl "
                    + maxTtlMillis + " ms");
        }
    }
}
