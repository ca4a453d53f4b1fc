package io.quorate.statemachine.client;

import io.quorate.statemachine.client.core.WriterSettings;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Peer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.ratis.grpc.GrpcTlsConfig;

/**
 * Settings of a client. Begin with {@link #of}.
 *
 * @param seeds {@code host:port} of some nodes of the cluster, at least one; the others are learned
 * @param cluster cluster that is meant: nodes of another are refused; empty takes any
 * @param tls certificates; empty for plain text
 * @param maxOutstanding requests that may be unanswered, of all shards together
 * @param maxOutstandingBytes their bytes; bounds the client's memory
 * @param whenFull what happens to a request beyond these
 * @param timeout of requests that name none, from 1 ms to 24 days
 * @param sessionTtl how long a writer session outlives the client; retries are recognized for as long, at least 1 s
 * @param stallAfter silence of a leader after which the other nodes are asked about it
 * @param minBackoff first wait after a refusal that may pass
 * @param maxBackoff longest wait
 * @param connectTimeout until a connection must be up, and the longest silence of a node that was asked for a sign of life
 */
public record ClientConfig(
        List<String> seeds,
        Optional<ClusterId> cluster,
        Optional<GrpcTlsConfig> tls,
        int maxOutstanding,
        long maxOutstandingBytes,
        BackPressure whenFull,
        Duration timeout,
        Duration sessionTtl,
        Duration stallAfter,
        Duration minBackoff,
        Duration maxBackoff,
        Duration connectTimeout) {
    /** Results that a session holds are bounded at the nodes; half of their bound. */
    private static final int WINDOW = 1 << 15;

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(24);

    public ClientConfig {
        seeds = List.copyOf(seeds);
        seeds.forEach(Peer::checkAddress);
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(tls, "tls");
        Objects.requireNonNull(whenFull, "whenFull");
        if (seeds.isEmpty()) {
            throw new IllegalArgumentException("no seed address");
        }
        if (maxOutstanding < 1 || maxOutstanding > 1 << 20 || maxOutstandingBytes < 1024) {
            throw new IllegalArgumentException("outstanding: " + maxOutstanding + " requests (1 to 1048576), "
                    + maxOutstandingBytes + " bytes (at least 1024)");
        }
        checkTimeout(timeout);
        atLeastAMillisecond("stallAfter", stallAfter);
        atLeastAMillisecond("minBackoff", minBackoff);
        atLeastAMillisecond("connectTimeout", connectTimeout);
        if (maxBackoff.compareTo(minBackoff) < 0) {
            throw new IllegalArgumentException("maxBackoff " + maxBackoff + " is below minBackoff " + minBackoff);
        }
        if (sessionTtl.compareTo(Duration.ofSeconds(1)) < 0 || sessionTtl.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException("sessionTtl " + sessionTtl + " is not within 1 s to 24 days");
        }
    }

    private static void atLeastAMillisecond(String name, Duration value) {
        if (value.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException(name + " " + value + " is below 1 ms");
        }
    }

    /** Refuses what is not within 1 ms to 24 days. */
    static Duration checkTimeout(Duration timeout) {
        atLeastAMillisecond("timeout", timeout);
        if (timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException("timeout " + timeout + " is above 24 days");
        }
        return timeout;
    }

    /** Defaults: 16,384 requests and 64 MiB outstanding, callers block beyond; 10 s timeout; plain text. */
    public static ClientConfig of(String... seeds) {
        return new ClientConfig(
                List.of(seeds),
                Optional.empty(),
                Optional.empty(),
                16_384,
                64L << 20,
                BackPressure.BLOCK,
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofMillis(250),
                Duration.ofMillis(10),
                Duration.ofMillis(250),
                Duration.ofSeconds(3));
    }

    /** The same, for one cluster alone: nodes of another are refused. */
    public ClientConfig withCluster(ClusterId newCluster) {
        return new ClientConfig(
                seeds,
                Optional.of(newCluster),
                tls,
                maxOutstanding,
                maxOutstandingBytes,
                whenFull,
                timeout,
                sessionTtl,
                stallAfter,
                minBackoff,
                maxBackoff,
                connectTimeout);
    }

    /** The same, over TLS with these certificates. */
    public ClientConfig withTls(GrpcTlsConfig newTls) {
        return new ClientConfig(
                seeds,
                cluster,
                Optional.of(newTls),
                maxOutstanding,
                maxOutstandingBytes,
                whenFull,
                timeout,
                sessionTtl,
                stallAfter,
                minBackoff,
                maxBackoff,
                connectTimeout);
    }

    /**
     * The same with other bounds of what may be unanswered, of all shards together.
     *
     * @param requests 1 to 1,048,576
     * @param bytes of their payloads, at least 1,024
     * @param newWhenFull what happens to a request beyond them
     * @throws IllegalArgumentException if a bound is out of range
     */
    public ClientConfig withOutstanding(int requests, long bytes, BackPressure newWhenFull) {
        return new ClientConfig(
                seeds,
                cluster,
                tls,
                requests,
                bytes,
                newWhenFull,
                timeout,
                sessionTtl,
                stallAfter,
                minBackoff,
                maxBackoff,
                connectTimeout);
    }

    /**
     * The same with another time by which each request is answered, however it ends.
     *
     * @throws IllegalArgumentException if it is not within 1 ms and 24 days
     */
    public ClientConfig withTimeout(Duration newTimeout) {
        return new ClientConfig(
                seeds,
                cluster,
                tls,
                maxOutstanding,
                maxOutstandingBytes,
                whenFull,
                newTimeout,
                sessionTtl,
                stallAfter,
                minBackoff,
                maxBackoff,
                connectTimeout);
    }

    /**
     * The same with another life of a writer's session that nothing is heard of, in cluster time. Longer keeps retries safe over longer
     * outages; what a session remembers is kept as long.
     *
     * @throws IllegalArgumentException if it is not within 1 s and 24 days
     */
    public ClientConfig withSessionTtl(Duration newSessionTtl) {
        return new ClientConfig(
                seeds,
                cluster,
                tls,
                maxOutstanding,
                maxOutstandingBytes,
                whenFull,
                timeout,
                newSessionTtl,
                stallAfter,
                minBackoff,
                maxBackoff,
                connectTimeout);
    }

    WriterSettings writerSettings() {
        return new WriterSettings(
                sessionTtl.toMillis(),
                WINDOW,
                stallAfter.toNanos(),
                PATIENCE.toNanos(),
                minBackoff.toNanos(),
                maxBackoff.toNanos());
    }
}
