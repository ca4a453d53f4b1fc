package io.quorate.statemachine.service;

import java.util.EnumSet;
import java.util.Objects;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;

/**
 * All services of a node, to be mounted on the port on which Ratis serves: {@code
 * GrpcConfigKeys.Server.setServicesCustomizer(parameters, services)}. Where Ratis is given separate ports, clients are served on
 * its client port and administrative calls on its admin port.
 */
public final class QuorateServices implements GrpcServices.Customizer {
    private final ClientService clients;
    private final AdminService admin;

    public QuorateServices(ClientService clients, AdminHandler admin) {
        this.clients = Objects.requireNonNull(clients, "clients");
        this.admin = new AdminService(admin);
    }

    @Override
    public NettyServerBuilder customize(NettyServerBuilder builder, EnumSet<GrpcServices.Type> types) {
        if (types.contains(GrpcServices.Type.CLIENT)) {
            builder.addService(clients);
        }
        if (types.contains(GrpcServices.Type.ADMIN)) {
            builder.addService(admin);
        }
        builder.callExecutor(new EventLoopCalls());
        return builder;
    }
}
