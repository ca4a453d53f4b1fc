package io.quorate.tests.cluster;

import io.quorate.statemachine.service.QuorateMethods;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;

/**
 * Stands between clients and the services of nodes: requests pass, answers may be lost, connections may break and be refused. One
 * gate may stand before several nodes.
 */
final class ClientGate implements ServerInterceptor {
    private final Set<Stream<?, ?>> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger lost = new AtomicInteger();
    private volatile boolean losing;
    private volatile boolean refusing;

    /** A client's stream on its way through the gate; synchronized, since a broken one must not be written to. */
    private final class Stream<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private boolean broken;

        Stream(ServerCall<Q, A> call) {
            super(call);
        }

        @Override
        public synchronized void sendMessage(A message) {
            if (losing) {
                lost.incrementAndGet();
            } else if (!broken) {
                super.sendMessage(message);
            }
        }

        @Override
        public synchronized void close(Status status, Metadata trailers) {
            open.remove(this);
            if (!broken) {
                broken = true;
                super.close(status, trailers);
            }
        }
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        boolean ofClient =
                call.getMethodDescriptor().getFullMethodName().equals(QuorateMethods.STREAM.getFullMethodName());
        if (!ofClient) {
            return next.startCall(call, headers);
        }
        if (refusing) {
            call.close(Status.UNAVAILABLE.withDescription("planted: refused"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        Stream<Q, A> stream = new Stream<>(call);
        open.add(stream);
        return next.startCall(stream, headers);
    }

    /** From now on, or no longer, nothing that a node says reaches a client. */
    void lose(boolean now) {
        losing = now;
    }

    /** From now on, or no longer, new connections of clients are refused. */
    void refuse(boolean now) {
        refusing = now;
    }

    /** Breaks all streams that are open. */
    void breakStreams() {
        open.forEach(stream -> stream.close(Status.UNAVAILABLE.withDescription("planted: broken"), new Metadata()));
    }

    /** Messages to clients that were lost so far. */
    int lost() {
        return lost.get();
    }
}
