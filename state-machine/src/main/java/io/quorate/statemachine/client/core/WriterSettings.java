package io.quorate.statemachine.client.core;

/**
 * How a writer behaves.
 *
 * @param sessionTtlMillis how long its session outlives its last append
 * @param window sequences between the oldest unanswered append and the newest, at most; below what shards allow a session
 * @param stallNanos silence of the leader after which the other nodes are asked about it
 * @param patienceNanos how long a shard that no node serves is waited for
 * @param minBackoffNanos first wait after a refusal that may pass
 * @param maxBackoffNanos longest wait
 */
public record WriterSettings(
        long sessionTtlMillis,
        int window,
        long stallNanos,
        long patienceNanos,
        long minBackoffNanos,
        long maxBackoffNanos) {
    public WriterSettings {
        if (sessionTtlMillis < 1000 || window < 1 || stallNanos < 1 || patienceNanos < 0) {
            throw new IllegalArgumentException("session ttl " + sessionTtlMillis + " ms (at least 1000), window "
                    + window + ", stall after " + stallNanos + " ns, patience " + patienceNanos + " ns");
        }
        if (minBackoffNanos < 1 || maxBackoffNanos < minBackoffNanos) {
            throw new IllegalArgumentException("backoff from " + minBackoffNanos + " to " + maxBackoffNanos + " ns");
        }
    }

    Backoff backoff() {
        return new Backoff(minBackoffNanos, maxBackoffNanos);
    }
}
