package io.quorate.statemachine.wire;

import io.quorate.topology.ClusterId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.RejectReason;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What a node answers, one frame of a message. A run answers requests {@code firstId} to {@code firstId + count - 1}. */
public sealed interface ServerResponse {
    /**
     * The first frame of a stream: answer to {@link ClientRequest.Hello}.
     *
     * @param protocol version that the node speaks on this stream
     * @param cluster cluster that the node belongs to
     * @param self the node as a peer
     * @param maxRequests credit: requests that may be unanswered at a time; beyond it the node stops reading the stream
     * @param maxBytes credit in bytes
     * @param maxMessageBytes the largest message that the node takes
     */
    record Welcome(int protocol, ClusterId cluster, PeerId self, int maxRequests, long maxBytes, int maxMessageBytes)
            implements ServerResponse {
        public Welcome {
            Objects.requireNonNull(cluster, "cluster");
            Objects.requireNonNull(self, "self");
            if (protocol < 1 || protocol > 0xffff || maxRequests < 1 || maxBytes < 1 || maxMessageBytes < 1) {
                throw new IllegalArgumentException("welcome to protocol " + protocol + " with credit of " + maxRequests
                        + " requests, " + maxBytes + " bytes, messages of " + maxMessageBytes + " bytes");
            }
        }
    }

    /** Appends that were committed with equal results at consecutive LSNs. */
    record CommittedRun(long firstId, int count, Lsn firstLsn, ApplyResult result) implements ServerResponse {
        public CommittedRun {
            checkRun(firstId, count);
            Objects.requireNonNull(result, "result");
            if (firstLsn.value() < 1 || firstLsn.value() > Long.MAX_VALUE - count) {
                throw new IllegalArgumentException("committed at lsn " + firstLsn);
            }
        }
    }

    /** An append that was committed, but whose concern was not met in time by the voters named. */
    record CommittedShort(long id, Lsn lsn, ApplyResult result, Set<String> missing) implements ServerResponse {
        public CommittedShort {
            checkRun(id, 1);
            Objects.requireNonNull(result, "result");
            missing = Set.copyOf(missing);
            if (lsn.value() < 1 || missing.isEmpty()) {
                throw new IllegalArgumentException("committed at lsn " + lsn + ", missing " + missing);
            }
        }
    }

    /** Appends on the leader's disk, of one consensus entry. */
    record DurableRun(long firstId, int count, long epoch, long index) implements ServerResponse {
        public DurableRun {
            checkRun(firstId, count);
        }
    }

    /** Appends or reads that were refused alike: this attempt had no effect and never will. */
    record RejectedRun(long firstId, int count, RejectReason reason, String message, Optional<LeaderHint> hint)
            implements ServerResponse {
        public RejectedRun {
            checkRun(firstId, count);
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(message, "message");
            Objects.requireNonNull(hint, "hint");
        }
    }

    /** Appends that may or may not be in the log. */
    record IndeterminateRun(long firstId, int count, String message) implements ServerResponse {
        public IndeterminateRun {
            checkRun(firstId, count);
            Objects.requireNonNull(message, "message");
        }
    }

    /** Answers to queries with consecutive ids, from states that had reached an LSN. */
    record ResultRun(long firstId, Lsn applied, List<Bytes> values) implements ServerResponse {
        public ResultRun {
            checkRun(firstId, values.size());
            Objects.requireNonNull(applied, "applied");
            values = List.copyOf(values);
        }
    }

    /**
     * Answer to {@link ClientRequest.Locate}.
     *
     * @param self the answering peer; empty if it does not serve the shard, then life, leader, epoch and applied say nothing
     * @param life of the shard that it serves, by its consensus group; empty if it serves none
     * @param leader the leader it knows of
     * @param epoch its term or ballot
     * @param applied LSN applied there
     * @param peers members of the shard that it knows of; if it does not serve the shard, peers that may
     */
    record Location(
            long id,
            Optional<PeerId> self,
            Optional<UUID> life,
            Optional<PeerId> leader,
            long epoch,
            Lsn applied,
            List<Peer> peers)
            implements ServerResponse {
        public Location {
            checkRun(id, 1);
            if (self.isPresent() != life.isPresent()) {
                throw new IllegalArgumentException("location by " + self + " of the life " + life);
            }
            Objects.requireNonNull(leader, "leader");
            Objects.requireNonNull(applied, "applied");
            peers = List.copyOf(peers);
        }

        /** True if the answering peer says that it leads itself. */
        public boolean leads() {
            return self.isPresent() && self.equals(leader);
        }
    }

    /** Answer to {@link ClientRequest.Ping}. */
    record Pong(long id) implements ServerResponse {
        public Pong {
            checkRun(id, 1);
        }
    }

    private static void checkRun(long firstId, int count) {
        if (firstId < 1 || count < 1 || firstId > Long.MAX_VALUE - count) {
            throw new IllegalArgumentException("answer to " + count + " requests from id " + firstId);
        }
    }
}
