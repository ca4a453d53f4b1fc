package io.quorate.statemachine.raft;

import java.io.File;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.netty.GrpcSslContexts;
import org.apache.ratis.thirdparty.io.grpc.netty.NegotiationType;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslContextBuilder;

/** One port for consensus, clients and operators: our services mounted on Ratis' server, and channels to other nodes. */
final class GrpcWiring {
    private static final int MAX_MESSAGE_BYTES = 64 << 20;

    private GrpcWiring() {}

    static Parameters parameters(
            Optional<TlsFiles> tls, GrpcServices.Customizer services, ServerServiceDefinition peers) {
        Parameters parameters = new Parameters();
        tls.ifPresent(files -> GrpcConfigKeys.TLS.setConf(
                parameters,
                new GrpcTlsConfig(
                        files.privateKey().toFile(),
                        files.certificate().toFile(),
                        files.trusted().toFile(),
                        files.mutual())));
        GrpcConfigKeys.Server.setServicesCustomizer(parameters, (builder, types) -> {
            if (types.contains(GrpcServices.Type.SERVER)) {
                builder.addService(peers);
            }
            return services.customize(builder, types);
        });
        return parameters;
    }

    static ManagedChannel connect(String address, Optional<TlsFiles> tls) {
        NettyChannelBuilder builder = NettyChannelBuilder.forTarget(address).maxInboundMessageSize(MAX_MESSAGE_BYTES);
        if (tls.isEmpty()) {
            return builder.negotiationType(NegotiationType.PLAINTEXT).build();
        }
        TlsFiles files = tls.get();
        File trusted = files.trusted().toFile();
        try {
            SslContextBuilder context = GrpcSslContexts.forClient().trustManager(trusted);
            if (files.mutual()) {
                context.keyManager(
                        files.certificate().toFile(), files.privateKey().toFile());
            }
            return builder.sslContext(context.build()).build();
        } catch (SSLException e) {
            throw new IllegalArgumentException("TLS files cannot be used: " + files + ": " + e.getMessage(), e);
        }
    }
}
