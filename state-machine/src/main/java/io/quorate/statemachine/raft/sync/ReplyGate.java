package io.quorate.statemachine.raft.sync;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;

/**
 * Runs a check before each reply of Ratis' server-to-server service. If the check throws, that reply and all later ones of the
 * call are withheld and the call ends as UNAVAILABLE, which the peer treats as a lost message.
 */
final class ReplyGate implements ServerInterceptor {
    private final Consumer<Object> beforeReply;

    ReplyGate(Consumer<Object> beforeReply) {
        this.beforeReply = beforeReply;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (!RaftServerProtocolServiceGrpc.SERVICE_NAME.equals(
                call.getMethodDescriptor().getServiceName())) {
            return next.startCall(call, headers);
        }
        return next.startCall(new GatedCall<>(call, beforeReply), headers);
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
                if (refused.compareAndSet(false, true)) {
                    super.close(Status.UNAVAILABLE.withDescription(e.getMessage()), new Metadata());
                }
                return;
            }
            super.sendMessage(message);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (!refused.get()) {
                super.close(status, trailers);
            }
        }
    }
}
