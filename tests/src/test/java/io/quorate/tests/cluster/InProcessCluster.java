package io.quorate.tests.cluster;

import io.quorate.cli.process.FreePorts;
import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.client.ClientConfig;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.raft.ApplicationCatalog;
import io.quorate.statemachine.raft.HostConfig;
import io.quorate.statemachine.raft.RatisSettings;
import io.quorate.statemachine.raft.RatisShardHost;
import io.quorate.statemachine.rocksdb.RocksDbMemory;
import io.quorate.statemachine.rocksdb.RocksDbStateStoreFactory;
import io.quorate.statemachine.service.AdminException;
import io.quorate.statemachine.service.ClientService;
import io.quorate.statemachine.service.QuorateServices;
import io.quorate.statemachine.service.ServedNode;
import io.quorate.statemachine.service.ShardLocator;
import io.quorate.statemachine.service.StreamLimits;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.awaitility.Awaitility;

/**
 * A few nodes in this JVM, each with a port and a directory of its own. Election timeouts are long, since many tests share a
 * machine: what depends on them is measured by the benchmark, not tested. Not thread-safe.
 */
public final class InProcessCluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final ClusterId cluster = new ClusterId(UUID.randomUUID());
    private final Function<String, List<Supplier<Application>>> applications;
    private final UnaryOperator<HostConfig> tuning;
    private final Map<String, ServerInterceptor> interceptors = new TreeMap<>();
    private final RocksDbStateStoreFactory stores = new RocksDbStateStoreFactory(RocksDbMemory.lan());
    private final Map<String, Peer> peers = new TreeMap<>();
    private final Map<String, RatisShardHost> running = new TreeMap<>();

    public InProcessCluster(
            Path directory, List<Supplier<Application>> applications, UnaryOperator<HostConfig> tuning) {
        this(directory, node -> applications, tuning);
    }

    /** @param applications of each node, by its name: for nodes that behave differently */
    public InProcessCluster(
            Path directory,
            Function<String, List<Supplier<Application>>> applications,
            UnaryOperator<HostConfig> tuning) {
        this.directory = directory;
        this.applications = applications;
        this.tuning = tuning;
    }

    /** Starts nodes n1, n2, ... and founds a shard on all of them. */
    public ShardDescriptor found(int nodes, String shard, String application) {
        List<Peer> members = new ArrayList<>();
        for (int i = 1; i <= nodes; i++) {
            members.add(define("n" + i));
        }
        members.forEach(peer -> start(peer.id().node().value()));
        return openEverywhere(shard, application, members);
    }

    /** Founds a further shard on nodes that run. */
    public ShardDescriptor openEverywhere(String shard, String application, List<Peer> members) {
        ShardDescriptor descriptor =
                new ShardDescriptor(cluster, new ShardId(shard), Generation.FIRST, application, members);
        members.forEach(peer -> found(peer.id().node().value(), descriptor));
        return descriptor;
    }

    private void found(String node, ShardDescriptor descriptor) {
        try {
            running.get(node).found(descriptor);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets a node wait to be added to a shard. */
    public void open(String node, ShardDescriptor descriptor) {
        try {
            running.get(node).join(descriptor);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives a node a port and an incarnation. */
    public Peer define(String node) {
        PeerId id =
                new PeerId(new NodeId(node), new Incarnation(UUID.randomUUID().getLeastSignificantBits()));
        Peer peer = new Peer(id, "127.0.0.1:" + FreePorts.pick(1).get(0), Role.VOTER);
        peers.put(node, peer);
        return peer;
    }

    public RatisShardHost start(String node) {
        Peer peer = peers.get(node);
        HostConfig config = HostConfig.lan(
                cluster,
                peer.id(),
                peer.address(),
                directory(node),
                stores,
                ApplicationCatalog.of(applications.apply(node)));
        RatisSettings patient = config.raft().withElectionTimeout(Duration.ofSeconds(1), Duration.ofSeconds(2));
        try {
            RatisShardHost host =
                    new RatisShardHost(tuning.apply(config.withRaft(patient)), shards -> services(node, shards));
            running.put(node, host);
            return host;
        } catch (IOException e) {
            throw new UncheckedIOException("node " + node + " does not start", e);
        }
    }

    private GrpcServices.Customizer services(String node, RatisShardHost shards) {
        ClientService clients = new ClientService(
                new ServedNode(cluster, peers.get(node).id()),
                shards,
                ShardLocator.neighbours(shards),
                StreamLimits.DEFAULT);
        QuorateServices services = new QuorateServices(
                clients,
                (operation, json, principal) -> CompletableFuture.failedFuture(
                        new AdminException("UNKNOWN_OPERATION", "no operators here: " + operation)));
        return (builder, types) -> {
            services.customize(builder, types);
            return interceptors.containsKey(node) ? builder.intercept(interceptors.get(node)) : builder;
        };
    }

    /** Puts something before all services of a node; before it starts. */
    public void intercept(String node, ServerInterceptor interceptor) {
        interceptors.put(node, interceptor);
    }

    /** A client that knows the nodes that run now. */
    public QuorateClient client(UnaryOperator<ClientConfig> tuned) {
        String[] seeds =
                running.keySet().stream().map(node -> peers.get(node).address()).toArray(String[]::new);
        return QuorateClient.create(tuned.apply(ClientConfig.of(seeds).withTimeout(PATIENCE)));
    }

    public ClusterId id() {
        return cluster;
    }

    public void stop(String node) {
        try {
            running.remove(node).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path directory(String node) {
        return directory.resolve(node);
    }

    public Peer peer(String node) {
        return peers.get(node);
    }

    public List<String> runningNodes() {
        return List.copyOf(running.keySet());
    }

    public RatisShardHost host(String node) {
        return running.get(node);
    }

    public HostedShard shard(String node, ShardDescriptor descriptor) {
        return running.get(node).find(descriptor.shard()).orElseThrow();
    }

    /** The node that leads, as its shard: waits for one. */
    public HostedShard leader(ShardDescriptor descriptor) {
        return shard(awaitLeader(descriptor), descriptor);
    }

    /** Some running node that does not lead. */
    public String follower(ShardDescriptor descriptor) {
        String leader = awaitLeader(descriptor);
        return running.keySet().stream()
                .filter(node -> !node.equals(leader))
                .findFirst()
                .orElseThrow();
    }

    /** The node that leads now, if any does. */
    public Optional<String> leaderNow(ShardDescriptor descriptor) {
        return running.keySet().stream()
                .filter(node -> running.get(node)
                        .find(descriptor.shard())
                        .filter(shard -> shard.status().leads())
                        .isPresent())
                .findFirst();
    }

    /** Waits until a node leads and names it. */
    public String awaitLeader(ShardDescriptor descriptor) {
        return Awaitility.await("a leader of " + descriptor.shard())
                .atMost(PATIENCE)
                .until(() -> leaderNow(descriptor), Optional::isPresent)
                .orElseThrow();
    }

    @Override
    public void close() {
        List.copyOf(running.keySet()).forEach(this::stop);
    }
}
