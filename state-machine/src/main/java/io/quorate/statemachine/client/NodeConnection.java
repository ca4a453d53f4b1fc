package io.quorate.statemachine.client;

import io.quorate.statemachine.client.core.Append;
import io.quorate.statemachine.client.core.Query;
import io.quorate.statemachine.service.ConnectionProblem;
import io.quorate.statemachine.service.QuorateMethods;
import io.quorate.statemachine.wire.ClientRequest;
import io.quorate.statemachine.wire.RequestCodec;
import io.quorate.statemachine.wire.ResponseCodec;
import io.quorate.statemachine.wire.ServerResponse;
import io.quorate.statemachine.wire.WireMessage;
import io.quorate.wal.log.CorruptFormatException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ClientCall;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.Status;

/**
 * One life of a connection to a node: a channel and its stream, from the attempt to connect until it is lost. What is to be sent
 * gathers until {@link #flush}, and then goes as one message.
 *
 * <p>Owned by the client's thread, on which the transport calls back, too.
 */
final class NodeConnection extends ClientCall.Listener<WireMessage> {
    /** Requests of one message are at most so many bytes, unless a single one is larger. */
    static final int MAX_MESSAGE_BYTES = 256 << 10;

    private static final int MAX_MESSAGE_REQUESTS = 4096;
    /** Frames around one request, at most. */
    private static final int OVERHEAD_BYTES = 512;

    private final ClientLoop loop;
    private final String address;
    private final ManagedChannel channel;
    private final ClientCall<WireMessage, WireMessage> call;
    private final InFlight inFlight = new InFlight();
    private final Liveness liveness;
    /** Shards that have something for this node, which it could not take. */
    private final Set<ShardHandle> blocked = new LinkedHashSet<>();

    private List<ClientRequest> gathered = new ArrayList<>();
    private int gatheredRequests;
    private long gatheredBytes;
    private Optional<ServerResponse.Welcome> welcome = Optional.empty();
    private boolean finished;
    private boolean closed;

    NodeConnection(ClientLoop loop, String address, ManagedChannel channel, long now) {
        this.loop = loop;
        this.address = address;
        this.channel = channel;
        this.liveness = new Liveness(loop.config().connectTimeout().toNanos(), now);
        this.call = channel.newCall(QuorateMethods.STREAM, CallOptions.DEFAULT);
        gathered.add(new ClientRequest.Hello(1, loop.config().cluster()));
    }

    void start() {
        call.start(this, new Metadata());
        call.request(2);
    }

    String address() {
        return address;
    }

    /** True once the node welcomed us. */
    boolean isUp() {
        return welcome.isPresent() && !closed;
    }

    long roundTripNanos() {
        return liveness.roundTripNanos();
    }

    /** The largest record that the node takes. */
    int maxRecordBytes() {
        return welcome.orElseThrow().maxMessageBytes() - OVERHEAD_BYTES;
    }

    /** True if requests can be given to it now. */
    boolean canTake() {
        if (!isUp() || inFlight.bytes() >= welcome.get().maxBytes()) {
            return false;
        }
        if (gatheredBytes >= MAX_MESSAGE_BYTES || gatheredRequests >= MAX_MESSAGE_REQUESTS) {
            flush();
        }
        return maxRequests() > 0 && call.isReady();
    }

    int maxRequests() {
        return Math.min(
                welcome.orElseThrow().maxRequests() - inFlight.requests(), MAX_MESSAGE_REQUESTS - gatheredRequests);
    }

    long maxBytes() {
        return MAX_MESSAGE_BYTES - gatheredBytes;
    }

    /** Remembers a shard that waits until the node can take more. */
    void block(ShardHandle shard) {
        blocked.add(shard);
    }

    void send(ShardHandle shard, List<Append> appends, long now) {
        int from = 0;
        while (from < appends.size()) {
            Append first = appends.get(from);
            int timeoutMillis = Timeouts.remainingMillis(first.deadlineNanos() - now);
            int to = from + 1;
            while (to < appends.size()
                    && appends.get(to).concern().equals(first.concern())
                    && appends.get(to).life().equals(first.life())
                    && Timeouts.remainingMillis(appends.get(to).deadlineNanos() - now) == timeoutMillis) {
                to++;
            }
            sendGroup(shard, List.copyOf(appends.subList(from, to)), timeoutMillis);
            from = to;
        }
        loop.counters().appendsSent.add(appends.size());
    }

    private void sendGroup(ShardHandle shard, List<Append> appends, int timeoutMillis) {
        long before = inFlight.bytes();
        long id = inFlight.addAppends(shard, appends);
        gather(
                new ClientRequest.AppendGroup(
                        id,
                        shard.id(),
                        Optional.of(appends.get(0).life()),
                        appends.get(0).concern(),
                        timeoutMillis,
                        appends.stream().map(Append::record).toList()),
                appends.size(),
                inFlight.bytes() - before);
    }

    private void gather(ClientRequest request, int requests, long bytes) {
        gathered.add(request);
        gatheredRequests += requests;
        gatheredBytes += bytes;
        loop.mustFlush(this);
    }

    void ask(ShardHandle shard, List<Query> queries, long now) {
        int from = 0;
        while (from < queries.size()) {
            Query first = queries.get(from);
            int timeoutMillis = Timeouts.remainingMillis(first.deadlineNanos() - now);
            int to = from + 1;
            while (to < queries.size()
                    && queries.get(to).consistency().equals(first.consistency())
                    && Timeouts.remainingMillis(queries.get(to).deadlineNanos() - now) == timeoutMillis) {
                to++;
            }
            askGroup(shard, List.copyOf(queries.subList(from, to)), timeoutMillis);
            from = to;
        }
        loop.counters().queriesSent.add(queries.size());
    }

    private void askGroup(ShardHandle shard, List<Query> queries, int timeoutMillis) {
        long before = inFlight.bytes();
        long id = inFlight.addQueries(shard, queries);
        gather(
                new ClientRequest.QueryGroup(
                        id,
                        shard.id(),
                        queries.get(0).consistency(),
                        timeoutMillis,
                        queries.stream().map(Query::bytes).toList()),
                queries.size(),
                inFlight.bytes() - before);
    }

    void locate(ShardHandle shard) {
        gather(new ClientRequest.Locate(inFlight.addQuestion(Optional.of(shard)), shard.id()), 1, 0);
    }

    /** Sends what was gathered. Before the node's welcome that is the greeting and questions only. */
    void flush() {
        if (gathered.isEmpty() || finished || closed) {
            return;
        }
        WireMessage message = RequestCodec.encode(gathered);
        gathered = new ArrayList<>();
        gatheredRequests = 0;
        gatheredBytes = 0;
        loop.counters().requestMessages.increment();
        call.sendMessage(message);
    }

    @Override
    public void onReady() {
        loop.turn(this::unblock);
    }

    private void unblock() {
        loop.pumpLater(blocked);
        blocked.clear();
    }

    @Override
    public void onMessage(WireMessage message) {
        if (closed) {
            return;
        }
        loop.turn(() -> {
            loop.counters().responseMessages.increment();
            liveness.heard(loop.now());
            try {
                for (ServerResponse response : ResponseCodec.decode(message.joined())) {
                    handle(response);
                }
                call.request(1);
                unblock();
            } catch (CorruptFormatException violation) {
                lose("node " + address + " broke the protocol: " + violation.getMessage());
            }
        });
    }

    private void handle(ServerResponse response) {
        if (response instanceof ServerResponse.Welcome newWelcome) {
            welcome = Optional.of(newWelcome);
            liveness.up(loop.now());
            loop.connected(this);
        } else if (response instanceof ServerResponse.Pong pong) {
            inFlight.answer(pong.id(), 1, (answered, at) -> {});
            liveness.pong(loop.now());
            loop.measured();
        } else {
            Answers.deliver(response, address, inFlight);
        }
    }

    /** Looks after the connection; called now and then. */
    void tick(long now) {
        if (liveness.isDead(now)) {
            lose("node " + address + (isUp() ? " is silent" : " cannot be reached in time"));
        } else if (isUp() && !finished && liveness.mustPing(now, inFlight.requests() > 0)) {
            gather(new ClientRequest.Ping(inFlight.addQuestion(Optional.empty())), 1, 0);
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        // Later: the transport may say so in the middle of a call to it.
        loop.later(() -> lose("connection to node " + address + ": "
                + ConnectionProblem.of(status, welcome.isPresent()).text()));
    }

    /** Ends this life; tells everybody who waits for it. */
    void lose(String cause) {
        if (closed) {
            return;
        }
        close(cause);
        loop.lost(this, cause, inFlight.takeAll());
    }

    /** Ends the stream in order, after what was gathered; at once if the node has not been reached. */
    void finish() {
        if (!isUp()) {
            lose("the client is closed");
        } else if (!finished) {
            flush();
            finished = true;
            call.halfClose();
        }
    }

    void close(String cause) {
        if (!closed) {
            closed = true;
            call.cancel(cause, null);
            channel.shutdownNow();
        }
    }
}
