package io.quorate.statemachine.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.raft.GrpcWiring;
import io.quorate.statemachine.raft.TlsFiles;
import io.quorate.statemachine.service.AdminException;
import io.quorate.statemachine.service.QuorateMethods;
import io.quorate.statemachine.service.StatusText;
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
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;

/** Calls the operations of nodes, by address. Blocking and thread-safe. */
public final class AdminClient implements AutoCloseable {
    /** Name of the error when a node cannot be reached or does not answer in time. */
    public static final String UNREACHABLE = "UNREACHABLE";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Optional<TlsFiles> tls;
    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();

    public AdminClient(Optional<TlsFiles> tls) {
        this.tls = tls;
    }

    /**
     * Calls one operation of one node.
     *
     * @throws AdminException by name, if it was refused or failed, or the node is {@link #UNREACHABLE}
     */
    public JsonNode call(String address, String operation, ObjectNode arguments, Duration timeout) {
        ManagedChannel channel = channels.computeIfAbsent(address, target -> GrpcWiring.connect(target, tls));
        WireMessage request = new AdminCall(operation, Bytes.utf8(arguments.toString())).encode();
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
        WireMessage answer;
        try {
            answer = ClientCalls.blockingUnaryCall(channel, QuorateMethods.ADMIN, options, request);
        } catch (StatusRuntimeException e) {
            throw new AdminException(
                    UNREACHABLE,
                    "node at " + address + " does not answer '" + operation + "': " + StatusText.of(e.getStatus()),
                    e);
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

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
    }
}
