package io.quorate.statemachine.raft.sync;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;

/**
 * Lets requests of Ratis' server-to-server service in, and runs a check before each reply of it. If the check throws, that reply and all later ones of the
 * call are withheld and the call ends as UNAVAILABLE, which the peer treats as a lost message.
 */
final class ReplyGate implements ServerInterceptor {
    private final Function<Object, Passage> requests;
    private final Consumer<Object> beforeReply;

    /**
     * @param requests what each request must hold while it is taken; may block. Throws {@link SyncFailedException} for one of a stream
     *     that must not be taken
     * @param beforeReply throws {@link SyncFailedException} if a reply must not leave; may block
     */
    ReplyGate(Function<Object, Passage> requests, Consumer<Object> beforeReply) {
        this.requests = requests;
        this.beforeReply = beforeReply;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (!RaftServerProtocolServiceGrpc.SERVICE_NAME.equals(
                call.getMethodDescriptor().getServiceName())) {
            return next.startCall(call, headers);
        }
        boolean single = call.getMethodDescriptor().getType().clientSendsOneMessage();
        GatedCall<Q, R> gated = new GatedCall<>(call, beforeReply);
        ServerCall.Listener<Q> listener = next.startCall(gated, headers);
        return single ? new SingleRequest<>(listener, requests) : new Requests<>(listener, requests, gated::refuse);
    }

    /** A stream of requests: each is taken as it comes, and nothing behind one that is refused. */
    private static final class Requests<Q> extends SimpleForwardingServerCallListener<Q> {
        private final Function<Object, Passage> requests;
        private final Consumer<SyncFailedException> refuse;
        private boolean refused;

        Requests(
                ServerCall.Listener<Q> listener,
                Function<Object, Passage> requests,
                Consumer<SyncFailedException> refuse) {
            super(listener);
            this.requests = requests;
            this.refuse = refuse;
        }

        @Override
        public void onMessage(Q request) {
            if (refused) {
                return;
            }
            Passage passage;
            try {
                passage = requests.apply(request);
            } catch (SyncFailedException e) {
                refused = true;
                refuse.accept(e);
                return;
            }
            try {
                super.onMessage(request);
            } finally {
                passage.close();
            }
        }
    }

    /** A call with one request: it is taken at its end. */
    private static final class SingleRequest<Q> extends SimpleForwardingServerCallListener<Q> {
        private final Function<Object, Passage> requests;
        private Q request;

        SingleRequest(ServerCall.Listener<Q> listener, Function<Object, Passage> requests) {
            super(listener);
            this.requests = requests;
        }

        @Override
        public void onMessage(Q message) {
            request = message;
            super.onMessage(message);
        }

        @Override
        public void onHalfClose() {
            Passage passage = requests.apply(request);
            try {
                super.onHalfClose();
            } finally {
                passage.close();
            }
        }
    }

    private static final class GatedCall<Q, R> extends SimpleForwardingServerCall<Q, R> {
        private final Consumer<Object> beforeReply;
        private final AtomicBoolean refused = new AtomicBoolean();

        GatedCall(ServerCall<Q, R> call, Consumer<Object> beforeReply) {
            super(call);
            this.beforeReply = beforeReply;
        }

        @Override
        public void sendMessage(R message) {
            if (refused.get()) {
                return;
            }
            try {
                beforeReply.accept(message);
            } catch (SyncFailedException e) {
                refuse(e);
                return;
            }
            super.sendMessage(message);
        }

        void refuse(SyncFailedException why) {
            if (refused.compareAndSet(false, true)) {
                super.close(Status.UNAVAILABLE.withDescription(why.getMessage()), new Metadata());
            }
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (!refused.get()) {
                super.close(status, trailers);
            }
        }
    }
}
