package io.quorate.statemachine.service;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.host.QueryResult;
import io.quorate.statemachine.wire.ClientRequest;
import io.quorate.statemachine.wire.ClientRequest.AppendGroup;
import io.quorate.statemachine.wire.ClientRequest.Hello;
import io.quorate.statemachine.wire.ClientRequest.Locate;
import io.quorate.statemachine.wire.ClientRequest.Ping;
import io.quorate.statemachine.wire.ClientRequest.QueryGroup;
import io.quorate.statemachine.wire.ServerResponse;
import io.quorate.statemachine.wire.ServerResponse.Location;
import io.quorate.statemachine.wire.ServerResponse.Pong;
import io.quorate.statemachine.wire.ServerResponse.Welcome;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.LogStatus;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives the requests of one stream to the shards; every request is answered exactly once. Called by one thread at a time. */
final class RequestHandler {
    private static final Logger LOG = LoggerFactory.getLogger(RequestHandler.class);
    private static final int PROTOCOL = 1;

    private final ServedShards served;
    private final ResultRoom results;
    private final Consumer<Answer> answers;
    /** Why nothing of this stream can be served; empty if it can. */
    private Optional<String> wrongCluster = Optional.empty();

    RequestHandler(ServedShards served, ResultRoom results, Consumer<Answer> answers) {
        this.served = served;
        this.answers = answers;
        this.results = results;
    }

    /** Answers that a request will get. */
    static int count(ClientRequest request) {
        if (request instanceof AppendGroup group) {
            return group.records().size();
        }
        return request instanceof QueryGroup group ? group.queries().size() : 1;
    }

    /** Credit that a request takes. */
    static long bytes(ClientRequest request) {
        long bytes = 0;
        if (request instanceof AppendGroup group) {
            for (LogRecord record : group.records()) {
                bytes += record.length();
            }
        } else if (request instanceof QueryGroup group) {
            for (Bytes query : group.queries()) {
                bytes += query.length();
            }
        }
        return bytes;
    }

    void handle(ClientRequest request) {
        if (request instanceof AppendGroup group) {
            handleAppends(group);
        } else if (request instanceof QueryGroup group) {
            handleQueries(group);
        } else if (request instanceof Locate locate) {
            handleLocate(locate);
        } else if (request instanceof Ping ping) {
            ready(ping.id(), new Pong(ping.id()));
        } else if (request instanceof Hello hello) {
            handleHello(hello);
        } else {
            throw new AssertionError("unhandled: " + request);
        }
    }

    private void ready(long id, ServerResponse response) {
        answers.accept(new Answer.Ready(id, 0, response));
    }

    private void handleHello(Hello hello) {
        ServedNode identity = served.identity();
        wrongCluster = hello.cluster()
                .filter(wanted -> !wanted.equals(identity.cluster()))
                .map(wanted -> "node " + identity.self().node() + " belongs to cluster " + identity.cluster()
                        + ", the request is for cluster " + wanted);
        StreamLimits limits = served.limits();
        ready(
                0,
                new Welcome(
                        Math.min(PROTOCOL, hello.protocol()),
                        identity.cluster(),
                        identity.self(),
                        limits.maxRequests(),
                        limits.maxBytes(),
                        limits.maxMessageBytes()));
    }

    private void handleLocate(Locate locate) {
        if (wrongCluster.isPresent()) {
            refuse(locate.id(), 0, RejectReason.WRONG_IDENTITY, wrongCluster.get());
            return;
        }
        ready(locate.id(), locate(locate));
    }

    private Location locate(Locate locate) {
        Optional<HostedShard> shard = served.directory().find(locate.shard());
        if (shard.isEmpty()) {
            List<Peer> others = served.locator().peersOf(locate.shard());
            return new Location(locate.id(), Optional.empty(), Optional.empty(), Optional.empty(), 0, Lsn.ZERO, others);
        }
        LogStatus now = shard.get().status();
        return new Location(
                locate.id(),
                Optional.of(now.self()),
                Optional.of(shard.get().descriptor().groupId()),
                now.leader(),
                now.epoch(),
                now.applied(),
                now.peers());
    }

    /** The shard that is meant, or why it cannot be served. */
    private record Target(Optional<HostedShard> shard, RejectReason reason, String message) {}

    private Target find(ShardId id, Optional<UUID> life) {
        if (wrongCluster.isPresent()) {
            return new Target(Optional.empty(), RejectReason.WRONG_IDENTITY, wrongCluster.get());
        }
        Optional<HostedShard> shard = served.directory().find(id);
        if (shard.isEmpty()) {
            return new Target(
                    Optional.empty(),
                    RejectReason.UNKNOWN_SHARD,
                    "node " + served.identity().self().node() + " does not serve shard " + id);
        }
        UUID present = shard.get().descriptor().groupId();
        if (life.filter(wanted -> !wanted.equals(present)).isPresent()) {
            return new Target(
                    Optional.empty(),
                    RejectReason.UNKNOWN_SHARD,
                    "shard " + id + " is another one by now: it was removed and created anew, with group " + present
                            + "; the request is for group " + life.get());
        }
        return new Target(shard, RejectReason.UNAVAILABLE, "");
    }

    private void refuse(long id, int credit, RejectReason reason, String message) {
        answers.accept(new Answer.Refused(id, credit, Optional.empty(), reason, message));
    }

    private void handleAppends(AppendGroup group) {
        Target target = find(group.shard(), group.life());
        boolean room = target.shard().isPresent() && served.takeRoom(bytes(group));
        if (room) {
            HostedShard shard = target.shard().get();
            AppendAnswers pending = new AppendAnswers(served, shard, group, answers);
            try {
                shard.appendAll(group.records(), group.concern(), Duration.ofMillis(group.timeoutMillis()), pending);
            } catch (RuntimeException bug) {
                LOG.error("[{}] appends failed other than by an outcome", group.shard(), bug);
                pending.failed(bug);
            }
            return;
        }
        RejectReason reason = target.shard().isPresent() ? RejectReason.QUEUE_FULL : target.reason();
        String message = target.shard().isPresent() ? full() : target.message();
        long id = group.firstId();
        for (LogRecord record : group.records()) {
            refuse(id++, record.length(), reason, message);
        }
    }

    private String full() {
        return "node " + served.identity().self().node() + " has requests of "
                + served.limits().maxTotalBytes() + " bytes in work";
    }

    private String unread() {
        return "results wait to be read: ask for less at a time, or for smaller parts ("
                + served.limits().maxBytes() + " bytes of a stream may wait, and with requests "
                + served.limits().maxTotalBytes() + " of a node)";
    }

    private void handleQueries(QueryGroup group) {
        Target target = find(group.shard(), Optional.empty());
        Duration timeout = Duration.ofMillis(group.timeoutMillis());
        long id = group.firstId();
        for (Bytes query : group.queries()) {
            if (target.shard().isEmpty()) {
                refuse(id, query.length(), target.reason(), target.message());
            } else if (results.isFull()) {
                refuse(id, query.length(), RejectReason.QUEUE_FULL, unread());
            } else if (!served.takeRoom(query.length())) {
                refuse(id, query.length(), RejectReason.QUEUE_FULL, full());
            } else {
                HostedShard shard = target.shard().get();
                PendingQuery pending = new PendingQuery(id, query.length(), shard);
                try {
                    shard.query(query, group.consistency(), timeout).whenComplete(pending);
                } catch (RuntimeException failure) {
                    pending.accept(null, failure);
                }
            }
            id++;
        }
    }

    /** Waits for a query. */
    private final class PendingQuery implements BiConsumer<QueryResult, Throwable> {
        private final long id;
        private final int credit;
        private final HostedShard shard;

        PendingQuery(long id, int credit, HostedShard shard) {
            this.id = id;
            this.credit = credit;
            this.shard = shard;
        }

        @Override
        public void accept(QueryResult result, Throwable failure) {
            served.giveRoomBack(credit);
            if (failure != null) {
                refuse(
                        failure instanceof CompletionException && failure.getCause() != null
                                ? failure.getCause()
                                : failure);
            } else if (result.value().length() > served.limits().maxMessageBytes() - 1024) {
                refuse(
                        RejectReason.TOO_LARGE,
                        "result of " + result.value().length() + " bytes; ask for less at a time");
            } else if (!results.take(result.value().length())) {
                refuse(RejectReason.QUEUE_FULL, unread());
            } else {
                answers.accept(new Answer.Found(id, credit, result));
            }
        }

        private void refuse(Throwable failure) {
            if (failure instanceof ReadUnavailableException unavailable) {
                refuse(unavailable.reason(), String.valueOf(unavailable.getMessage()));
            } else if (failure instanceof IllegalArgumentException malformed) {
                refuse(RejectReason.INVALID, String.valueOf(malformed.getMessage()));
            } else {
                LOG.error("[{}] query failed", shard.descriptor().shard(), failure);
                refuse(RejectReason.UNAVAILABLE, "internal error: " + failure);
            }
        }

        private void refuse(RejectReason reason, String message) {
            answers.accept(new Answer.Refused(id, credit, Optional.of(shard), reason, message));
        }
    }
}
