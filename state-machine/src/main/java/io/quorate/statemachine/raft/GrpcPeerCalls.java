package io.quorate.statemachine.raft;

import io.quorate.topology.ClusterId;
import io.quorate.topology.Incarnation;
import io.quorate.topology.Peer;
import io.quorate.wal.log.VersionSupport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ConnectivityState;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;

/**
 * {@link PeerCalls} over gRPC, on the port that Ratis serves. One channel per peer address, shared by all shards, until {@link #retain}.
 */
final class GrpcPeerCalls implements PeerCalls, IdentityWatch.Greeter, AutoCloseable {
    /** Answers a peer's call with three numbers. */
    interface Handler {
        CompletableFuture<long[]> answer(PeerMessage.Call call);
    }

    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read a peer's message", e);
            }
        }
    };

    private static final MethodDescriptor<byte[], byte[]> CALL = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("quorate.Peer/Call")
            .setRequestMarshaller(BYTES)
            .setResponseMarshaller(BYTES)
            .build();

    /** For a sign of life, which takes no work. */
    private static final Duration SIGN_TIMEOUT = Duration.ofMillis(900);

    /** What a call of {@link PeerMessage.Operation#PRESENCE} is for, as its index. */
    private static final long GREETS = 1;

    private static final long ASKS = 0;

    private static final UUID NO_GROUP = new UUID(0, 0);

    private final ClusterId cluster;
    private final Duration timeout;
    private final Function<String, ManagedChannel> connect;
    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();
    private final Set<String> watched = ConcurrentHashMap.newKeySet();
    /** Of those watched: the last connection failed, and there has been none since. */
    private final Set<String> gone = ConcurrentHashMap.newKeySet();

    GrpcPeerCalls(ClusterId cluster, Duration timeout, Function<String, ManagedChannel> connect) {
        this.cluster = cluster;
        this.timeout = timeout;
        this.connect = connect;
    }

    @Override
    public CompletableFuture<LogState> logState(Peer peer, UUID group, long index) {
        return call(peer, PeerMessage.Operation.LOG_STATE, group, index)
                .thenApply(answer -> new LogState(answer[0], answer[1], answer[2]));
    }

    @Override
    public CompletableFuture<Long> readIndex(Peer leader, UUID group) {
        return call(leader, PeerMessage.Operation.READ_INDEX, group, -1).thenApply(answer -> answer[0]);
    }

    @Override
    public CompletableFuture<VersionSupport> versions(Peer peer, UUID group) {
        return call(peer, PeerMessage.Operation.VERSIONS, group, -1).thenApply(PeerCalls::decodeVersions);
    }

    @Override
    public CompletableFuture<Boolean> leaderGone(Peer peer, UUID group, long term) {
        return call(peer, PeerMessage.Operation.LEADER_GONE, group, term).thenApply(answer -> answer[0] != 0);
    }

    @Override
    public CompletableFuture<Running> runs(Peer peer, UUID group) {
        return call(peer, PeerMessage.Operation.RUNS, group, -1)
                .thenApply(answer -> answer[0] < 0 || answer[0] >= Running.values().length
                        ? Running.WILL_NOT
                        : Running.values()[(int) answer[0]])
                .exceptionallyCompose(failure -> isUnknown(failure)
                        ? CompletableFuture.completedFuture(Running.RUNS)
                        : CompletableFuture.failedFuture(failure));
    }

    /** Builds before the operation answered it as any other failure, with its text. */
    private static boolean isUnknown(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        return status.getCode() == Status.Code.UNIMPLEMENTED
                || status.getCode() == Status.Code.UNAVAILABLE
                        && String.valueOf(status.getDescription()).startsWith(UnknownOperationException.TEXT);
    }

    /**
     * Asks a node whether it goes on serving: false if it is about to stop. Fails if it does not answer within a second; any answer
     * is a sign of life.
     */
    CompletableFuture<Boolean> stays(String address) {
        PeerMessage.Call call = new PeerMessage.Call(PeerMessage.Operation.STAYS, cluster, NO_GROUP, -1);
        return call(address, call, SIGN_TIMEOUT).thenApply(answer -> answer[0] != 0);
    }

    @Override
    public CompletableFuture<IdentityWatch.Answer> greet(String address, IdentityWatch.Life self) {
        return call(address, presence(self, GREETS), timeout)
                .thenApply(answer -> new IdentityWatch.Answer(life(answer[0], answer[1]), answer[2] != 0));
    }

    @Override
    public CompletableFuture<IdentityWatch.Life> who(String address, IdentityWatch.Life self) {
        return call(address, presence(self, ASKS), timeout).thenApply(answer -> life(answer[0], answer[1]));
    }

    private PeerMessage.Call presence(IdentityWatch.Life self, long purpose) {
        UUID who = new UUID(self.incarnation().value(), self.start());
        return new PeerMessage.Call(PeerMessage.Operation.PRESENCE, cluster, who, purpose);
    }

    private static IdentityWatch.Life life(long incarnation, long start) {
        return new IdentityWatch.Life(new Incarnation(incarnation), start);
    }

    /** Answers {@link #greet} and {@link #who}. */
    static CompletableFuture<long[]> present(IdentityWatch identity, PeerMessage.Call call) {
        UUID who = call.group();
        CompletableFuture<IdentityWatch.Answer> answer = call.index() == GREETS
                ? identity.greeted(life(who.getMostSignificantBits(), who.getLeastSignificantBits()))
                : CompletableFuture.completedFuture(new IdentityWatch.Answer(identity.life(), false));
        return answer.thenApply(
                it -> new long[] {it.there().incarnation().value(), it.there().start(), it.refused() ? 1 : 0});
    }

    /** A node that was down is tried again at once, not after the pause that has grown while it was. */
    void forgetFailures() {
        channels.values().stream()
                .filter(channel -> channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE)
                .forEach(ManagedChannel::resetConnectBackoff);
    }

    private CompletableFuture<long[]> call(Peer peer, PeerMessage.Operation operation, UUID group, long index) {
        return call(peer.address(), new PeerMessage.Call(operation, cluster, group, index), timeout);
    }

    private CompletableFuture<long[]> call(String address, PeerMessage.Call question, Duration within) {
        ManagedChannel channel = channels.computeIfAbsent(address, connect);
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(within.toNanos(), TimeUnit.NANOSECONDS);
        CompletableFuture<long[]> future = new CompletableFuture<>();
        byte[] request = PeerMessage.encode(question);
        ClientCalls.asyncUnaryCall(channel.newCall(CALL, options), request, new StreamObserver<>() {
            @Override
            public void onNext(byte[] answer) {
                future.complete(PeerMessage.decodeAnswer(answer));
            }

            @Override
            public void onError(Throwable failure) {
                future.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
                future.completeExceptionally(new IllegalStateException("peer at " + address + " answered nothing"));
            }
        });
        return future;
    }

    /**
     * Keeps a connection to a node and says when its process has ended: the connection broke, and another one was refused.
     * Silence says nothing. From then on it is watched until this is closed.
     *
     * @param ended called by the transport's thread; must not block
     */
    void watch(String address, Runnable ended) {
        ManagedChannel channel = channels.computeIfAbsent(address, connect);
        if (watched.add(address)) {
            look(address, channel, false, ended);
        } else if (channel.getState(true) != ConnectivityState.READY) {
            channel.resetConnectBackoff();
        }
    }

    /**
     * What is asked of a node next goes over a new connection, which is made at once: neither behind the transport's pause after
     * one that failed, nor behind packets that it sends again and again. What is under way keeps the old one.
     */
    void renew(String address) {
        ManagedChannel channel = channels.get(address);
        if (channel != null) {
            channel.enterIdle();
        }
    }

    /** As {@link NodeWatch#isGone}. */
    boolean isGone(String address) {
        return gone.contains(address);
    }

    private void look(String address, ManagedChannel channel, boolean wasReady, Runnable ended) {
        ConnectivityState state = channel.getState(true);
        if (state == ConnectivityState.SHUTDOWN) {
            return;
        }
        if (state == ConnectivityState.READY) {
            gone.remove(address);
        } else if (state == ConnectivityState.TRANSIENT_FAILURE) {
            gone.add(address);
            if (channels.get(address) != channel) {
                gone.remove(address); // closed meanwhile, and nobody would
            }
            if (wasReady) {
                ended.run();
            }
        }
        boolean ready = state == ConnectivityState.READY
                || wasReady && state != ConnectivityState.TRANSIENT_FAILURE; // not yet known what a broken one means
        channel.notifyWhenStateChanged(state, () -> look(address, channel, ready, ended));
    }

    /** Closes the connections to all other addresses: those who had them are peers of no shard here any more. */
    void retain(Set<String> addresses) {
        for (String address : channels.keySet()) {
            if (!addresses.contains(address)) {
                ManagedChannel channel = channels.remove(address);
                channel.shutdownNow();
                watched.remove(address);
                gone.remove(address);
            }
        }
    }

    /** The serving side, to be mounted on the node's port. */
    static ServerServiceDefinition service(Handler handler) {
        return ServerServiceDefinition.builder("quorate.Peer")
                .addMethod(CALL, ServerCalls.asyncUnaryCall((request, observer) -> serve(handler, request, observer)))
                .build();
    }

    private static void serve(Handler handler, byte[] request, StreamObserver<byte[]> observer) {
        CompletableFuture<long[]> answer;
        try {
            answer = handler.answer(PeerMessage.decodeCall(request));
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.whenComplete((numbers, failure) -> {
            if (failure != null) {
                Status status =
                        failure instanceof UnknownOperationException ? Status.UNIMPLEMENTED : Status.UNAVAILABLE;
                observer.onError(status.withDescription(failure.getMessage())
                        .withCause(failure)
                        .asRuntimeException());
            } else {
                observer.onNext(PeerMessage.encodeAnswer(numbers[0], numbers[1], numbers[2]));
                observer.onCompleted();
            }
        });
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
    }
}
