package io.quorate.statemachine.service;

import io.quorate.statemachine.wire.AdminCall;
import io.quorate.statemachine.wire.AdminReply;
import io.quorate.statemachine.wire.WireMessage;
import io.quorate.wal.log.Bytes;
import java.security.Principal;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.apache.ratis.thirdparty.io.grpc.BindableService;
import org.apache.ratis.thirdparty.io.grpc.Grpc;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves administrative operations. The handler is called by threads of the server's own pool. */
public final class AdminService implements BindableService {
    private static final Logger LOG = LoggerFactory.getLogger(AdminService.class);

    private final AdminHandler handler;

    public AdminService(AdminHandler handler) {
        this.handler = Objects.requireNonNull(handler, "handler");
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(QuorateMethods.ADMIN_SERVICE)
                .addMethod(
                        QuorateMethods.ADMIN,
                        (call, headers) -> new UnaryListener(call, message -> answer(call, message)))
                .build();
    }

    private CompletableFuture<WireMessage> answer(ServerCall<WireMessage, WireMessage> call, Bytes message) {
        AdminCall request = AdminCall.decode(message);
        CompletableFuture<Bytes> done;
        try {
            done = handler.call(request.operation(), request.json(), principal(call));
        } catch (RuntimeException refused) {
            done = CompletableFuture.failedFuture(refused);
        }
        return done.handle((json, failure) -> failure == null
                ? new AdminReply.Done(json).encode()
                : failed(request.operation(), failure).encode());
    }

    private static AdminReply failed(String operation, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof AdminException named) {
            return new AdminReply.Failed(named.error(), message);
        }
        if (cause instanceof IllegalArgumentException) {
            return new AdminReply.Failed("INVALID", message);
        }
        LOG.error("administrative operation {} failed", operation, cause);
        return new AdminReply.Failed("INTERNAL", "'" + operation + "' met a bug, see the node's log: " + message);
    }

    private static Optional<String> principal(ServerCall<?, ?> call) {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        if (session == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(session.getPeerPrincipal()).map(Principal::getName);
        } catch (SSLPeerUnverifiedException withoutCertificate) {
            LOG.debug("administrative call over TLS without a certificate of the caller", withoutCertificate);
            return Optional.empty();
        }
    }
}
