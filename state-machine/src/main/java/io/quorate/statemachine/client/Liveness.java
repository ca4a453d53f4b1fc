package io.quorate.statemachine.client;

/**
 * Whether a node is still there, and how far away it is. Pure: time is given. A connection on which nothing is heard is asked for a
 * sign of life; if none comes within the time allowed, it is dead.
 */
final class Liveness {
    private static final long PING_NANOS = 1_000_000_000L;

    private final long allowedNanos;
    private boolean up;
    private long heardNanos;
    private long pingedNanos;
    private boolean pinging;
    private long roundTripNanos = Long.MAX_VALUE;

    Liveness(long allowedNanos, long now) {
        this.allowedNanos = allowedNanos;
        this.heardNanos = now;
        this.pingedNanos = now;
    }

    /** The connection is up; its greeting was answered. */
    void up(long now) {
        up = true;
        heard(now);
        // So that the first measurement comes soon.
        pingedNanos = now - PING_NANOS;
    }

    void heard(long now) {
        heardNanos = now;
    }

    void pong(long now) {
        pinging = false;
        long measured = now - pingedNanos;
        roundTripNanos =
                roundTripNanos == Long.MAX_VALUE ? measured : roundTripNanos - roundTripNanos / 4 + measured / 4;
    }

    /** True if the node must be asked for a sign of life now, which then counts as done. */
    boolean mustPing(long now, boolean busy) {
        long every = busy ? PING_NANOS : 5 * PING_NANOS;
        if (pinging || now - pingedNanos < every) {
            return false;
        }
        pinging = true;
        pingedNanos = now;
        return true;
    }

    /** True if nothing was heard for too long although something was due. */
    boolean isDead(long now) {
        if (!up) {
            return now - heardNanos > allowedNanos;
        }
        return pinging && now - pingedNanos > allowedNanos && now - heardNanos > allowedNanos;
    }

    /** Smoothed round trip; {@link Long#MAX_VALUE} until measured. */
    long roundTripNanos() {
        return roundTripNanos;
    }
}
