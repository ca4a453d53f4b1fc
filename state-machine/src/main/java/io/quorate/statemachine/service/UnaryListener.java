package io.quorate.statemachine.service;

import io.quorate.statemachine.wire.WireMessage;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One message in, one message out. */
final class UnaryListener extends ServerCall.Listener<WireMessage> {
    private static final Logger LOG = LoggerFactory.getLogger(UnaryListener.class);

    private final ServerCall<WireMessage, WireMessage> call;
    private final Function<Bytes, CompletableFuture<WireMessage>> function;
    private Optional<WireMessage> request = Optional.empty();
    /** Closed already, which is done once. */
    private boolean refused;

    UnaryListener(ServerCall<WireMessage, WireMessage> call, Function<Bytes, CompletableFuture<WireMessage>> function) {
        this.call = call;
        this.function = function;
        // A second message would be a protocol error: asking for two notices it.
        call.request(2);
    }

    @Override
    public void onMessage(WireMessage message) {
        if (request.isPresent()) {
            request = Optional.empty();
            refused = true;
            call.close(Status.INVALID_ARGUMENT.withDescription("more than one message"), new Metadata());
            return;
        }
        request = Optional.of(message);
    }

    @Override
    public void onHalfClose() {
        if (request.isEmpty()) {
            if (!refused) {
                call.close(Status.INVALID_ARGUMENT.withDescription("no message"), new Metadata());
            }
            return;
        }
        CompletableFuture<WireMessage> answer;
        try {
            answer = function.apply(request.get().joined());
        } catch (CorruptFormatException malformed) {
            call.close(
                    Status.INVALID_ARGUMENT.withDescription("malformed message: " + malformed.getMessage()),
                    new Metadata());
            return;
        }
        answer.whenComplete(this::finish);
    }

    private void finish(WireMessage message, Throwable bug) {
        if (call.isCancelled()) {
            return;
        }
        if (bug != null) {
            LOG.error("call of {} failed", call.getMethodDescriptor().getFullMethodName(), bug);
            call.close(Status.INTERNAL.withDescription(bug.toString()), new Metadata());
            return;
        }
        call.sendHeaders(new Metadata());
        call.sendMessage(message);
        call.close(Status.OK, new Metadata());
    }
}
