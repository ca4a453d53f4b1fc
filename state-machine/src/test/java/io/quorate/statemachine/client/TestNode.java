package io.quorate.statemachine.client;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.host.ShardDirectory;
import io.quorate.statemachine.service.AdminException;
import io.quorate.statemachine.service.AdminHandler;
import io.quorate.statemachine.service.ClientService;
import io.quorate.statemachine.service.QuorateServices;
import io.quorate.statemachine.service.ServedNode;
import io.quorate.statemachine.service.ShardLocator;
import io.quorate.statemachine.service.StreamLimits;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.topology.ShardId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.thirdparty.io.grpc.Server;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;

/** A gRPC server on a loopback port with the real services over shards of the test. */
final class TestNode implements ShardDirectory, AutoCloseable {
    private final Peer peer;
    private final Map<ShardId, HostedShard> shards = new ConcurrentHashMap<>();
    private final StreamLimits limits;
    private final AdminHandler admin = (operation, json, principal) -> operation.equals("echo")
            ? CompletableFuture.completedFuture(json)
            : CompletableFuture.failedFuture(new AdminException("UNKNOWN_OPERATION", operation + " is not known"));
    private Optional<Server> server = Optional.empty();

    TestNode(String name, int port, StreamLimits limits) {
        this.peer = new Peer(new PeerId(new NodeId(name), new Incarnation(port)), "127.0.0.1:" + port, Role.VOTER);
        this.limits = limits;
    }

    Peer peer() {
        return peer;
    }

    String address() {
        return peer.address();
    }

    TestNode serve(ShardId id, HostedShard shard) {
        shards.put(id, shard);
        return this;
    }

    TestNode start() {
        int port = Integer.parseInt(peer.address().substring(peer.address().indexOf(':') + 1));
        ClientService clients = new ClientService(
                new ServedNode(SharedLog.CLUSTER, peer.id()), this, ShardLocator.neighbours(this), limits);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
                .maxInboundMessageSize(limits.maxMessageBytes());
        new QuorateServices(clients, admin).customize(builder, EnumSet.allOf(GrpcServices.Type.class));
        try {
            server = Optional.of(builder.build().start());
        } catch (IOException e) {
            throw new UncheckedIOException("test node cannot listen at " + peer.address(), e);
        }
        return this;
    }

    /** Breaks all connections and stops listening; what shards work on goes on. */
    void kill() {
        server.ifPresent(running -> {
            running.shutdownNow();
            boolean interrupted = false;
            try {
                running.awaitTermination();
            } catch (InterruptedException e) {
                interrupted = true;
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        server = Optional.empty();
    }

    @Override
    public Optional<HostedShard> find(ShardId shard) {
        return Optional.ofNullable(shards.get(shard));
    }

    @Override
    public Collection<HostedShard> all() {
        return List.copyOf(shards.values());
    }

    @Override
    public void close() {
        kill();
        shards.values().forEach(HostedShard::close);
    }
}
