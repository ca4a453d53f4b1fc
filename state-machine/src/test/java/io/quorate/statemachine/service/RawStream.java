package io.quorate.statemachine.service;

import io.quorate.statemachine.wire.ClientRequest;
import io.quorate.statemachine.wire.RequestCodec;
import io.quorate.statemachine.wire.ResponseCodec;
import io.quorate.statemachine.wire.ServerResponse;
import io.quorate.statemachine.wire.WireMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ClientCall;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;

/** A client stream in the raw: sends what the test wants, reads only what the test asks for. */
public final class RawStream extends ClientCall.Listener<WireMessage> implements AutoCloseable {
    private final ManagedChannel channel;
    private final ClientCall<WireMessage, WireMessage> call;
    private final List<ServerResponse> responses = new ArrayList<>();
    private Optional<Status> status = Optional.empty();

    public RawStream(String address) {
        channel = NettyChannelBuilder.forTarget(address).usePlaintext().build();
        call = channel.newCall(QuorateMethods.STREAM, CallOptions.DEFAULT);
        call.start(this, new Metadata());
    }

    public RawStream read(int messages) {
        call.request(messages);
        return this;
    }

    public RawStream send(ClientRequest... requests) {
        return send(RequestCodec.encode(List.of(requests)));
    }

    public RawStream send(WireMessage message) {
        call.sendMessage(message);
        return this;
    }

    public boolean isReady() {
        return call.isReady();
    }

    public void halfClose() {
        call.halfClose();
    }

    @Override
    public synchronized void onMessage(WireMessage message) {
        responses.addAll(ResponseCodec.decode(message.joined()));
    }

    @Override
    public synchronized void onClose(Status newStatus, Metadata trailers) {
        status = Optional.of(newStatus);
    }

    public synchronized List<ServerResponse> responses() {
        return List.copyOf(responses);
    }

    public synchronized Optional<Status> status() {
        return status;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
