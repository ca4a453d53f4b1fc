package io.quorate.statemachine.wire;

import io.quorate.topology.ClusterId;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.WriteConcern;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * What a client asks for, one frame of a message. Ids are the client's own, unique within its stream; the requests of a group
 * have consecutive ids.
 */
public sealed interface ClientRequest {
    /**
     * The first frame of a stream.
     *
     * @param protocol version that the client speaks
     * @param cluster cluster that it means; empty to take any
     */
    record Hello(int protocol, Optional<ClusterId> cluster) implements ClientRequest {
        public Hello {
            if (protocol < 1 || protocol > 0xffff) {
                throw new IllegalArgumentException("protocol " + protocol + " is not within 1 to 65535");
            }
            Objects.requireNonNull(cluster, "cluster");
        }
    }

    /**
     * Appends to one shard.
     *
     * @param firstId id of the first record; the others follow
     * @param life of the shard that is meant, by its consensus group ({@link io.quorate.topology.ShardDescriptor#groupId}); empty for
     *     any. A record of a writer session belongs to the life in which the session was opened: ids of sessions repeat in others
     * @param timeoutMillis from arrival, above zero
     * @param records in the order in which they are to be logged; at least one
     */
    record AppendGroup(
            long firstId,
            ShardId shard,
            Optional<UUID> life,
            WriteConcern concern,
            int timeoutMillis,
            List<LogRecord> records)
            implements ClientRequest {
        public AppendGroup {
            checkGroup(firstId, timeoutMillis, records.size());
            Objects.requireNonNull(shard, "shard");
            Objects.requireNonNull(life, "life");
            Objects.requireNonNull(concern, "concern");
            records = List.copyOf(records);
        }
    }

    /**
     * Queries to one shard.
     *
     * @param firstId id of the first query; the others follow
     * @param timeoutMillis from arrival, above zero
     * @param queries at least one
     */
    record QueryGroup(long firstId, ShardId shard, ReadConsistency consistency, int timeoutMillis, List<Bytes> queries)
            implements ClientRequest {
        public QueryGroup {
            checkGroup(firstId, timeoutMillis, queries.size());
            Objects.requireNonNull(shard, "shard");
            Objects.requireNonNull(consistency, "consistency");
            queries = List.copyOf(queries);
        }
    }

    /** Asks who holds and who leads a shard; answered by a {@link ServerResponse.Location}. */
    record Locate(long id, ShardId shard) implements ClientRequest {
        public Locate {
            checkId(id);
            Objects.requireNonNull(shard, "shard");
        }
    }

    /** Asks for a sign of life; answered by a {@link ServerResponse.Pong}. */
    record Ping(long id) implements ClientRequest {
        public Ping {
            checkId(id);
        }
    }

    private static void checkId(long id) {
        if (id < 1) {
            throw new IllegalArgumentException("request id < 1: " + id);
        }
    }

    private static void checkGroup(long firstId, int timeoutMillis, int size) {
        checkId(firstId);
        if (timeoutMillis < 1 || size < 1) {
            throw new IllegalArgumentException("group of " + size + " requests, timeout " + timeoutMillis + " ms");
        }
    }
}
