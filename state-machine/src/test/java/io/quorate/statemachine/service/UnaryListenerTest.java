package io.quorate.statemachine.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.wire.WireMessage;
import io.quorate.wal.log.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ClientCall;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.Server;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Callers that do not keep to one message, over a real connection. */
class UnaryListenerTest {
    private final List<String> operations = new ArrayList<>();
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void serve() throws Exception {
        server = NettyServerBuilder.forPort(0)
                .addService(new AdminService((operation, json, principal) -> {
                    operations.add(operation);
                    return CompletableFuture.completedFuture(Bytes.utf8("{}"));
                }))
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    private Status statusOf(WireMessage... messages) throws Exception {
        CompletableFuture<Status> closed = new CompletableFuture<>();
        ClientCall<WireMessage, WireMessage> call = channel.newCall(QuorateMethods.ADMIN, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        closed.complete(status);
                    }
                },
                new Metadata());
        call.request(1);
        for (WireMessage message : messages) {
            call.sendMessage(message);
        }
        call.halfClose();
        return closed.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aCallWithoutAMessageIsClosed() throws Exception {
        Status status = statusOf();
        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(Optional.ofNullable(status.getDescription())).contains("no message");
        assertThat(operations).isEmpty();
    }
}
