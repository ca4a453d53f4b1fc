package io.quorate.statemachine.raft;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.ratis.conf.RaftProperties;

/**
 * The settings of Ratis that matter, checked against each other, with presets. Everything that is not named here is fixed to
 * what the guarantees need: fsync before acknowledging, snapshots by chunks, purge only behind a checkpoint, log metadata
 * off (safe since apply futures never fail).
 *
 * @param electionTimeoutMin a follower that hears nothing for this long campaigns; heartbeats go out at half of it
 * @param electionTimeoutMax upper bound of the random part; above the minimum
 * @param segmentBytes size of a Raft log segment
 * @param writeBufferBytes direct memory of a shard's log writer; above {@code appenderBytes}
 * @param appenderBytes largest Raft entry and largest message to a follower; above the largest batch by {@value #ENTRY_OVERHEAD_BYTES}
 * @param cachedSegmentBytes heap of a shard for recent entries
 * @param keptEntries Raft entries kept behind the last checkpoint, for readers of the log and so that a follower that was away for
 *     a moment needs no snapshot; eight times as many while a follower lacks them
 * @param keptBytes the same in bytes; whatever is less
 * @param batches limits of the write path
 */
public record RatisSettings(
        Duration electionTimeoutMin,
        Duration electionTimeoutMax,
        int segmentBytes,
        int writeBufferBytes,
        int appenderBytes,
        int cachedSegmentBytes,
        int keptEntries,
        long keptBytes,
        BatchLimits batches) {
    /**
     * Room in a Raft entry around the records of a batch: our header ({@link io.quorate.wal.log.EntryBatch#HEADER_BYTES}), Ratis'
     * own fields, the frame in its log. About two hundred bytes are used; Ratis deposes a leader for one too few.
     */
    static final int ENTRY_OVERHEAD_BYTES = 1024;

    public RatisSettings {
        if (electionTimeoutMin.toMillis() < 50 || electionTimeoutMax.compareTo(electionTimeoutMin) <= 0) {
            throw new IllegalArgumentException("election timeout of " + electionTimeoutMin + " to " + electionTimeoutMax
                    + ": the minimum must be 50 ms or more, and the maximum above it");
        }
        if (writeBufferBytes < appenderBytes + 8 || segmentBytes < appenderBytes) {
            throw new IllegalArgumentException("a write buffer of " + writeBufferBytes + " and a segment of "
                    + segmentBytes + " bytes must hold an entry of " + appenderBytes);
        }
        if (batches.maxBatchBytes() > appenderBytes - ENTRY_OVERHEAD_BYTES) {
            throw new IllegalArgumentException(
                    "a batch of " + batches.maxBatchBytes() + " bytes and " + ENTRY_OVERHEAD_BYTES
                            + " of overhead do not fit an entry of " + appenderBytes
                            + "; Ratis' leader would step down on it");
        }
    }

    /** Few shards on machines of one network. */
    public static RatisSettings lan() {
        return new RatisSettings(
                Duration.ofMillis(150),
                Duration.ofMillis(300),
                32 << 20,
                5 << 20,
                4 << 20,
                48 << 20,
                10_000,
                64L << 20,
                BatchLimits.DEFAULT);
    }

    /**
     * Hundreds of shards in one process: small buffers, and a heartbeat each two seconds, so that a leader that falls silent is missed
     * after four to six. One whose process ends is succeeded as fast as elsewhere: its connections break.
     */
    public static RatisSettings manyShards() {
        return new RatisSettings(
                Duration.ofSeconds(4),
                Duration.ofSeconds(6),
                8 << 20,
                1200 << 10,
                1 << 20,
                2 << 20,
                1000,
                4L << 20,
                new BatchLimits(512 << 10, 512 << 10, 1024, 2, 4096, 4 << 20));
    }

    /**
     * How often deadlines are looked at, 10 to 50 ms: rarely where failover may take long anyway, since it costs something for each
     * shard, idle or not.
     */
    long tickMillis() {
        return Math.max(10, Math.min(50, electionTimeoutMin.toMillis() / 40));
    }

    /** For a member that was just let in to hear its leader, a few heartbeats, and for one on a busy machine to answer. */
    Duration startPatience() {
        return Duration.ofMillis(Math.max(10_000, 3 * electionTimeoutMin.toMillis()));
    }

    /** The same with other election timeouts: longer where machines are overloaded, at the price of a slower failover. */
    public RatisSettings withElectionTimeout(Duration min, Duration max) {
        return new RatisSettings(
                min,
                max,
                segmentBytes,
                writeBufferBytes,
                appenderBytes,
                cachedSegmentBytes,
                keptEntries,
                keptBytes,
                batches);
    }

    /** The same with other limits of the write path. */
    public RatisSettings withBatches(BatchLimits limits) {
        return new RatisSettings(
                electionTimeoutMin,
                electionTimeoutMax,
                segmentBytes,
                writeBufferBytes,
                appenderBytes,
                cachedSegmentBytes,
                keptEntries,
                keptBytes,
                limits);
    }

    /** For one shard. */
    KeptLog kept() {
        return new KeptLog(keptEntries, keptBytes);
    }

    /**
     * How long a leader leaves a follower alone after an error. Where the stream to it broke, Ratis' appender spins from then until the
     * next heartbeat is due, a quarter of the election timeout after the last ({@code GrpcLogAppender.shouldSendAppendEntries}), for
     * as long as nobody answers: it is to be asleep for nearly all of that, but for half a second at most.
     */
    private String retryPolicy() {
        long heartbeatMillis = Math.min(500, electionTimeoutMin.toMillis() / 4);
        return Math.max(10, heartbeatMillis - 40) + "ms,10, " + Math.max(100, heartbeatMillis) + "ms,1000000";
    }

    RaftProperties toProperties(Path storage) {
        RaftProperties p = new RaftProperties();
        p.set("raft.server.storage.dir", storage.toString());
        p.set("raft.server.rpc.timeout.min", electionTimeoutMin.toMillis() + "ms");
        p.set("raft.server.rpc.timeout.max", electionTimeoutMax.toMillis() + "ms");
        p.set("raft.server.rpc.first-election.timeout.min", Math.min(2000, electionTimeoutMin.toMillis()) + "ms");
        p.set("raft.server.rpc.first-election.timeout.max", Math.min(3000, electionTimeoutMax.toMillis()) + "ms");
        p.set("raft.server.leaderelection.leader.step-down.wait-time", electionTimeoutMax.toMillis() + "ms");
        p.set("raft.server.log.append-entries.compose.enabled", "false");
        p.set("raft.server.log.log-metadata.enabled", "false");
        p.set("raft.server.log.preallocated.size", "64KB");
        p.set("raft.server.log.read.lock.enabled", "false");
        p.set("raft.server.log.segment.size.max", segmentBytes + "");
        p.set("raft.server.log.segment.cache.num.max", "2");
        p.set("raft.server.log.segment.cache.size.max", cachedSegmentBytes + "");
        p.set("raft.server.log.write.buffer.size", writeBufferBytes + "");
        p.set("raft.server.log.appender.buffer.byte-limit", appenderBytes + "");
        p.set("raft.server.log.appender.wait-time.min", "0ms");
        p.set("raft.server.log.appender.install.snapshot.enabled", "true");
        p.set("raft.server.log.purge.upto.snapshot.index", "true");
        p.set("raft.server.log.purge.gap", "1");
        p.set("raft.server.log.corruption.policy", "EXCEPTION");
        p.set("raft.server.log.appender.retry.policy", retryPolicy());
        p.set("raft.server.threadpool.server.cached", "false");
        p.set("raft.server.threadpool.server.size", "4");
        // Ratis would close the server for good after a pause of a minute, in a process that lives on: a suspended
        // machine would be
        // lost when it wakes. No guarantee rests on it, since none rests on a clock: who paused finds a later term and
        // follows.
        p.set("raft.server.close.threshold", "36500d");
        p.set("raft.server.snapshot.auto.trigger.enabled", "false");
        p.set("raft.server.snapshot.trigger-when-stop.enabled", "false");
        p.set("raft.server.retrycache.expirytime", "5s");
        p.set("raft.server.staging.timeout", "60s");
        p.set("raft.server.rpc.request.timeout", "3s");
        p.set("raft.grpc.server.leader.outstanding.appends.max", "16");
        p.set("raft.grpc.flow.control.window", "4MB");
        return p;
    }
}
