package io.quorate.wal.apply;

/**
 * Bounds of what a shard remembers for its writers. An answer is remembered while its session is below the bounds, so each of the byte
 * bounds may be exceeded by one result.
 *
 * <p>They decide what is applied, so replicas with different bounds would come to differ. Therefore they are no setting of a node: they
 * belong to the feature level of the log, on which replicas agree in the log itself. Other values than these take another feature level.
 *
 * @param maxSessions sessions open at once
 * @param maxWindow results remembered for one session, in records
 * @param maxSessionBytes results remembered for one session, in bytes; neighbours with equal results count once
 * @param maxTotalBytes results remembered for all sessions together, in bytes
 * @param maxTtlMillis longest time that an idle session lives, in cluster time
 */
public record SessionLimits(
        int maxSessions, int maxWindow, long maxSessionBytes, long maxTotalBytes, long maxTtlMillis) {
    /** Of feature level 1, for all time: 10,000 sessions, 65,536 results and 8 MiB each, 64 MiB in all, one day. */
    public static final SessionLimits FEATURE_LEVEL_1 =
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
