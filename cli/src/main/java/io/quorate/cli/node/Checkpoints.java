package io.quorate.cli.node;

import java.time.Duration;

/**
 * When a shard's state is made durable and its consensus log cut: at whatever comes first.
 *
 * @param interval at the latest after this time, if anything was applied since; 1 s to 24 h
 * @param logBytes when the log since the last one has grown to this; 1 MiB to 64 GiB
 */
public record Checkpoints(Duration interval, long logBytes) {
    static final Duration LEAST_INTERVAL = Duration.ofSeconds(1);
    static final Duration MOST_INTERVAL = Duration.ofHours(24);
    static final long LEAST_LOG = 1L << 20;
    static final long MOST_LOG = 64L << 30;

    public static final Checkpoints DEFAULT = new Checkpoints(Duration.ofSeconds(60), 256L << 20);

    public Checkpoints {
        if (interval.compareTo(LEAST_INTERVAL) < 0 || interval.compareTo(MOST_INTERVAL) > 0) {
            throw new IllegalArgumentException("checkpoint interval of " + interval);
        }
        if (logBytes < LEAST_LOG || logBytes > MOST_LOG) {
            throw new IllegalArgumentException("checkpoint logSize of " + logBytes + " bytes");
        }
    }
}
