package io.quorate.statemachine.raft;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.thirdparty.io.grpc.BindableService;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Server;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.netty.GrpcSslContexts;
import org.apache.ratis.thirdparty.io.grpc.netty.NegotiationType;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.ClientAuth;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslContextBuilder;

/** One port for consensus, clients and operators: our services mounted on Ratis' server, and channels to other nodes. */
public final class GrpcWiring {
    private static final int MAX_MESSAGE_BYTES = 64 << 20;

    private GrpcWiring() {}

    /** Serves one service alone at an address; for a node that has no Ratis server yet. */
    public static Server serve(String address, Optional<TlsFiles> tls, BindableService service) throws IOException {
        int colon = address.lastIndexOf(':');
        InetSocketAddress socket =
                new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
        NettyServerBuilder builder = NettyServerBuilder.forAddress(socket).addService(service);
        if (tls.isPresent()) {
            TlsFiles files = tls.get();
            SslContextBuilder context = GrpcSslContexts.forServer(
                    files.certificate().toFile(), files.privateKey().toFile());
            if (files.mutual()) {
                context.trustManager(files.trusted().toFile()).clientAuth(ClientAuth.REQUIRE);
            }
            builder.sslContext(context.build());
        }
        return builder.build().start();
    }

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

    /** A channel to a node; the caller closes it. */
    public static ManagedChannel connect(String address, Optional<TlsFiles> tls) {
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
