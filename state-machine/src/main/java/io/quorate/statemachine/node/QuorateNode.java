package io.quorate.statemachine.node;

import io.quorate.statemachine.identity.NodeDirectory;
import io.quorate.statemachine.identity.NodeIdentity;
import io.quorate.statemachine.raft.GrpcWiring;
import io.quorate.statemachine.raft.HostConfig;
import io.quorate.statemachine.raft.RatisShardHost;
import io.quorate.statemachine.service.AdminService;
import io.quorate.statemachine.service.ClientService;
import io.quorate.statemachine.service.QuorateServices;
import io.quorate.statemachine.service.ServedNode;
import io.quorate.statemachine.service.ShardLocator;
import io.quorate.statemachine.service.StreamLimits;
import io.quorate.topology.ClusterId;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.thirdparty.io.grpc.Server;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: opens its data directory, waits to become part of a cluster if it is not part of one, then serves shards, clients and
 * operators on one port. API: stable.
 */
public final class QuorateNode implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(QuorateNode.class);
    private static final long RECONCILE_MILLIS = 300;

    private final NodeConfig config;
    private final NodeDirectory directory;
    private final NodeOperations operations;
    private final AdminClient nodes;
    private final ShardReconciler reconciler;
    private final ScheduledExecutorService background;
    /** Serves operators until the node is part of a cluster. Guarded by this. */
    private Server waiting;

    private volatile RatisShardHost host;

    /**
     * Starts the node.
     *
     * @throws io.quorate.statemachine.identity.DataDirectoryException if the data directory is another's, in use, damaged or newer
     * @throws IOException if a shard's directory is damaged or the port is taken; says which
     */
    public QuorateNode(NodeConfig config) throws IOException {
        this.config = config;
        this.directory = NodeDirectory.open(config.dataDirectory(), config.node(), new SecureRandom());
        this.operations = new NodeOperations(
                this::identity, config.address(), this::join, () -> Optional.ofNullable(host), config.applications());
        this.nodes = new AdminClient(config.tls());
        this.reconciler = new ShardReconciler(nodes);
        this.background = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, config.node() + "-reconciler");
            thread.setDaemon(true);
            return thread;
        });
        try {
            open();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private synchronized void open() throws IOException {
        if (identity().cluster().isPresent()) {
            serve(identity().cluster().get());
        } else {
            waiting = GrpcWiring.serve(config.listen(), config.tls(), new AdminService(operations));
            log.info("[{}] waits at {} to become part of a cluster", config.node(), config.listen());
        }
        background.scheduleWithFixedDelay(this::reconcile, RECONCILE_MILLIS, RECONCILE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Who this node is. */
    public NodeIdentity identity() {
        return directory.identity();
    }

    /** Its shards; empty while it is not part of a cluster. */
    public Optional<RatisShardHost> host() {
        return Optional.ofNullable(host);
    }

    private void serve(ClusterId cluster) throws IOException {
        HostConfig hosting = new HostConfig(
                cluster,
                identity().peer(),
                config.listen(),
                config.dataDirectory(),
                config.stores(),
                config.applications(),
                config.raft(),
                config.checkpointInterval(),
                config.checkpointBytes(),
                config.diskReserveBytes(),
                config.tls(),
                InstantSource.system());
        host = new RatisShardHost(hosting, shards -> services(cluster, shards));
    }

    private GrpcServices.Customizer services(ClusterId cluster, RatisShardHost shards) {
        ClientService clients = new ClientService(
                new ServedNode(cluster, identity().peer()),
                shards,
                ShardLocator.neighbours(shards),
                StreamLimits.DEFAULT);
        return new QuorateServices(clients, operations);
    }

    /** Becomes part of a cluster: durably first, then in this process. A repetition is a no-op. */
    private synchronized void join(ClusterId cluster) {
        directory.join(cluster);
        if (host != null) {
            return;
        }
        // the answer to this very call still has to leave by the server that is given up
        background.execute(this::beginServing);
    }

    private synchronized void beginServing() {
        if (host != null) {
            return;
        }
        try {
            waiting.shutdown();
            if (!waiting.awaitTermination(5, TimeUnit.SECONDS)) {
                waiting.shutdownNow().awaitTermination();
            }
            serve(identity().cluster().orElseThrow());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            log.error("[{}] cannot serve as part of its cluster; tried again", config.node(), e);
            background.schedule(this::beginServing, RECONCILE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void reconcile() {
        try {
            host().flatMap(shards -> shards.find(MetadataShard.ID))
                    .filter(shard -> shard.status().leads())
                    .ifPresent(shard -> reconciler.reconcile(new MetadataShard(shard)));
        } catch (RuntimeException e) {
            log.warn("[{}] the cluster's metadata cannot be carried out now: {}", config.node(), e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        background.shutdownNow();
        nodes.close();
        try {
            if (host != null) {
                host.close();
            }
        } finally {
            synchronized (this) {
                if (waiting != null) {
                    waiting.shutdownNow();
                }
            }
            directory.close();
        }
    }
}
