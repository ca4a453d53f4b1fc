package io.quorate.statemachine.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.raft.GrpcWiring;
import io.quorate.statemachine.raft.TlsFiles;
import io.quorate.statemachine.service.AdminException;
import io.quorate.statemachine.service.ConnectionProblem;
import io.quorate.statemachine.service.QuorateMethods;
import io.quorate.statemachine.wire.AdminCall;
import io.quorate.statemachine.wire.AdminReply;
import io.quorate.statemachine.wire.WireMessage;
import io.quorate.wal.log.Bytes;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ClientStreamTracer;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;

/** Calls the operations of nodes, by address. Blocking and thread-safe. */
public final class AdminClient implements AutoCloseable {
    /** Name of the error when a node cannot be reached: it certainly has not heard of the call. */
    public static final String UNREACHABLE = "UNREACHABLE";

    /** The same, where trying again cannot help: TLS on one side only, a port for something else. */
    public static final String WRONG_SETTINGS = "WRONG_SETTINGS";

    /** Name of the error when a node was sent the call and did not answer, or not in time: what was asked for may have happened. */
    public static final String NO_ANSWER = "NO_ANSWER";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Optional<TlsFiles> tls;
    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();
    private volatile boolean closed;

    public AdminClient(Optional<TlsFiles> tls) {
        this.tls = tls;
    }

    /**
     * Calls one operation of one node.
     *
     * @throws AdminException by name, if it was refused or failed, or the node is {@link #UNREACHABLE}, has {@link
     *     #WRONG_SETTINGS}, or gives {@link #NO_ANSWER}
     */
    public JsonNode call(String address, String operation, ObjectNode arguments, Duration timeout) {
        ManagedChannel channel = channels.computeIfAbsent(address, target -> GrpcWiring.connect(target, tls));
        if (closed) { // by now: nobody else would end it
            channel.shutdownNow();
        }
        WireMessage request = new AdminCall(operation, Bytes.utf8(arguments.toString())).encode();
        CallWatch watch = new CallWatch();
        CallOptions options = CallOptions.DEFAULT
                .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .withStreamTracerFactory(watch);
        WireMessage answer;
        try {
            answer = ClientCalls.blockingUnaryCall(channel, QuorateMethods.ADMIN, options, request);
        } catch (StatusRuntimeException e) {
            // a node that was away for long is not to be away for longer: the next call goes over a new connection, and
            // waits neither for the transport's next attempt, up to two minutes, nor for what a cut has stalled
            channel.enterIdle();
            ConnectionProblem problem = ConnectionProblem.of(e.getStatus(), watch.sent);
            String error = problem.settings() ? WRONG_SETTINGS : watch.sent ? NO_ANSWER : UNREACHABLE;
            throw new AdminException(
                    error, "node at " + address + " does not answer '" + operation + "': " + problem.text(), e);
        }
        AdminReply reply = AdminReply.decode(answer.joined());
        if (reply instanceof AdminReply.Failed failed) {
            throw new AdminException(failed.error(), failed.message());
        }
        return parse(((AdminReply.Done) reply).json(), address);
    }

    private static JsonNode parse(Bytes json, String address) {
        try {
            return JSON.readTree(json.utf8());
        } catch (JsonProcessingException e) {
            throw new AdminException("INVALID", "node at " + address + " answered with broken JSON", e);
        }
    }

    /** Sees whether a call left for a connection that is up; as long as it did not, nobody has heard of it. */
    private static final class CallWatch extends ClientStreamTracer.Factory {
        private volatile boolean sent;

        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            return new ClientStreamTracer() {
                @Override
                public void outboundHeaders() {
                    sent = true;
                }
            };
        }
    }

    @Override
    public void close() {
        closed = true;
        channels.values().forEach(ManagedChannel::shutdownNow);
    }
}
