package io.quorate.tests.node;

import io.quorate.cli.process.FreePorts;
import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.client.ClientConfig;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.node.NodeConfig;
import io.quorate.statemachine.node.QuorateNode;
import io.quorate.statemachine.raft.ApplicationCatalog;
import io.quorate.statemachine.raft.RatisSettings;
import io.quorate.statemachine.raft.TlsFiles;
import io.quorate.statemachine.rocksdb.RocksDbMemory;
import io.quorate.statemachine.rocksdb.RocksDbStateStoreFactory;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.topology.ShardId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Whole nodes in this JVM, each with the key-value application and one of the test's. Not thread-safe. */
final class Nodes implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final Function<String, Application> application;
    private final Function<String, Optional<TlsFiles>> tls;
    private final Map<String, QuorateNode> running = new TreeMap<>();
    private final Map<String, String> addresses = new TreeMap<>();

    /** @param application made for the node of a name */
    Nodes(Path directory, Function<String, Application> application) {
        this(directory, application, name -> Optional.empty());
    }

    /** @param tls of the node of a name, asked at each of its starts */
    Nodes(Path directory, Function<String, Application> application, Function<String, Optional<TlsFiles>> tls) {
        this.directory = directory;
        this.application = application;
        this.tls = tls;
    }

    String start(String name) throws IOException {
        return startCopy(name, name);
    }

    /** Starts a node on a directory of another name than its own, and at an address of its own. */
    String startCopy(String name, String node) throws IOException {
        String address = addresses.computeIfAbsent(
                name, unused -> "127.0.0.1:" + FreePorts.pick(1).get(0));
        NodeConfig config = new NodeConfig(
                new NodeId(node),
                address,
                address,
                directory.resolve(name),
                new RocksDbStateStoreFactory(RocksDbMemory.lan()),
                ApplicationCatalog.of(List.of(KvApplication::new, () -> application.apply(name))),
                RatisSettings.lan().withElectionTimeout(Duration.ofSeconds(1), Duration.ofSeconds(2)),
                Duration.ofMinutes(10),
                64 << 20,
                0,
                tls.apply(name));
        running.put(name, new QuorateNode(config));
        return address;
    }

    String address(String name) {
        return addresses.get(name);
    }

    /** Starts a node and makes it a member as an operator leaves it who is interrupted once the leader has let it in. */
    HostedShard letIn(ClusterAdmin admin, ShardId shard, String name) throws IOException {
        String address = start(name);
        ShardId other = new ShardId("other");
        admin.createShard(other, KvApplication.NAME, List.of(new NodeId("n1")), 1);
        admin.addPeer(other, address, true); // makes it part of the cluster
        PeerId leader = PeerId.parse(admin.leader(shard).path("self").asText());
        HostedShard leading = replica(leader.node().value(), shard);
        node(name).host().orElseThrow().join(leading.descriptor());
        Peer peer = new Peer(node(name).identity().peer(), address, Role.VOTER);
        leading.membership().put(peer, PATIENCE).join();
        return replica(name, shard);
    }

    private HostedShard replica(String name, ShardId shard) {
        return node(name).host().orElseThrow().find(shard).orElseThrow();
    }

    void stop(String name) throws IOException {
        running.remove(name).close();
    }

    /** Stops a node for good. */
    void forget(String name) throws IOException {
        stop(name);
        addresses.remove(name);
    }

    List<String> addresses() {
        return List.copyOf(addresses.values());
    }

    QuorateNode node(String name) {
        return running.get(name);
    }

    ClusterAdmin admin() {
        return new ClusterAdmin(addresses(), Optional.empty(), PATIENCE, line -> {});
    }

    QuorateClient client() {
        return QuorateClient.create(
                ClientConfig.of(addresses.values().toArray(String[]::new)).withTimeout(PATIENCE.multipliedBy(3)));
    }

    @Override
    public void close() throws IOException {
        for (QuorateNode node : running.values()) {
            node.close();
        }
    }
}
