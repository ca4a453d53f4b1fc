package io.quorate.tests.cluster;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;

/** Stands before a node's services: counts the calls of other replicas, refuses them while it is closed, swallows them while silent. */
final class PeerGate implements ServerInterceptor {
    private static final String SERVICE = "quorate.Peer";

    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean silent = new AtomicBoolean();
    private final AtomicInteger calls = new AtomicInteger();

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (!call.getMethodDescriptor().getServiceName().equals(SERVICE)) {
            return next.startCall(call, headers);
        }
        calls.incrementAndGet();
        if (closed.get()) {
            call.close(Status.UNAVAILABLE.withDescription("partition"), new Metadata());
        }
        return closed.get() || silent.get() ? new ServerCall.Listener<>() {} : next.startCall(call, headers);
    }

    /** Refuses calls from now on, or no longer. */
    void close(boolean now) {
        closed.set(now);
    }

    /** Takes calls and never answers them, or answers again. */
    void silence(boolean now) {
        silent.set(now);
    }

    /** Calls of other replicas so far. */
    int calls() {
        return calls.get();
    }
}
