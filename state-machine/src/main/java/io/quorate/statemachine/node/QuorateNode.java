package io.quorate.statemachine.node;

import io.quorate.statemachine.identity.NodeDirectory;
import io.quorate.statemachine.identity.NodeIdentity;
import io.quorate.statemachine.raft.GrpcWiring;
import io.quorate.statemachine.raft.HostConfig;
import io.quorate.statemachine.raft.PeriodicWork;
import io.quorate.statemachine.raft.RatisShardHost;
import io.quorate.statemachine.service.AdminException;
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
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
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
    private final String run = UUID.randomUUID().toString();
    private final NodeDirectory directory;
    private final NodeOperations operations;
    private final AdminClient nodes;
    private final ShardReconciler reconciler;
    private final StandingWatch standing;
    private final ScheduledExecutorService background;
    /** Serves operators until the node is part of a cluster, and once it was dismissed. Guarded by this. */
    private Server waiting;

    private volatile RatisShardHost host;

    /** Why it serves nothing any more. */
    private volatile Optional<String> dismissal = Optional.empty();

    /** Held while shards are closed for good: not that of this, which calls under way may wait for. */
    private final Object ending = new Object();

    /** Written under {@link #ending}; once it is true no shard begins to be served. */
    private volatile boolean closed;

    private final HostOpening opening;

    /** How shards begin to be served; a test may make that last. */
    interface HostOpening {
        RatisShardHost open(HostConfig config, Function<RatisShardHost, GrpcServices.Customizer> services)
                throws IOException;
    }

    /** What operators may do with this node. */
    private final class Self implements LocalNode {
        @Override
        public NodeIdentity identity() {
            return QuorateNode.this.identity();
        }

        @Override
        public String address() {
            return config.address();
        }

        @Override
        public String run() {
            return run;
        }

        @Override
        public Optional<RatisShardHost> host() {
            return QuorateNode.this.host();
        }

        @Override
        public Optional<String> dismissal() {
            return dismissal;
        }

        @Override
        public void join(ClusterId cluster) {
            QuorateNode.this.join(cluster);
        }

        @Override
        public void dismiss(String why) {
            // the answer to this very call still has to leave by the server that is given up
            background.execute(() -> QuorateNode.this.dismiss(why));
        }
    }

    /**
     * Starts the node.
     *
     * @throws io.quorate.statemachine.identity.DataDirectoryException if the data directory is another's, in use, damaged or newer
     * @throws IOException if a shard's directory is damaged or the port is taken; says which
     */
    public QuorateNode(NodeConfig config) throws IOException {
        this(config, RatisShardHost::new);
    }

    QuorateNode(NodeConfig config, HostOpening opening) throws IOException {
        this.config = config;
        this.opening = opening;
        this.directory = NodeDirectory.open(config.dataDirectory(), config.node(), new SecureRandom());
        this.operations = new NodeOperations(new Self(), config.applications());
        this.nodes = new AdminClient(config.tls());
        this.reconciler = new ShardReconciler(nodes);
        this.standing = new StandingWatch(identity().peer(), config.address(), run, config.tls(), System::nanoTime);
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
            serveOperators();
            log.info("[{}] waits at {} to become part of a cluster", config.node(), config.listen());
        }
        String self = "[" + config.node() + "] ";
        PeriodicWork.start(
                background, self + "the look after shards", this::reconcile, RECONCILE_MILLIS, TimeUnit.MILLISECONDS);
        PeriodicWork.start(
                background, self + "the look at its standing", this::watch, RECONCILE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Who this node is. */
    public NodeIdentity identity() {
        return directory.identity();
    }

    /** Its shards; empty while it is not part of a cluster, and once it was dismissed. */
    public Optional<RatisShardHost> host() {
        return Optional.ofNullable(host);
    }

    /** Why this node serves nothing any more, if so: its cluster removed it, or has another process with its identity. */
    public Optional<String> dismissal() {
        return dismissal;
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
        host = opening.open(hosting, shards -> services(cluster, shards));
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
        dismissal.ifPresent(why -> {
            throw new AdminException(LocalNode.DISMISSED, why);
        });
        directory.join(cluster);
        if (host != null) {
            return;
        }
        // the answer to this very call still has to leave by the server that is given up
        background.execute(this::beginServing);
    }

    private synchronized void beginServing() {
        if (host != null || closed) {
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
        } catch (IOException | RuntimeException | Error e) { // nobody else would begin again
            if (closed) {
                log.debug("[{}] closed while it began to serve", config.node(), e);
                return;
            }
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

    private void watch() {
        try {
            host().flatMap(shards -> standing.look(identity().cluster().orElseThrow(), shards.all()))
                    .ifPresent(this::dismiss);
        } catch (RuntimeException e) {
            log.warn("[{}] cannot ask whether it is part of its cluster: {}", config.node(), e.getMessage());
        }
    }

    /** Stops serving, and tells operators why; what is on the disk stays. */
    private void dismiss(String why) {
        synchronized (ending) {
            RatisShardHost left = host;
            if (left == null || closed) {
                return;
            }
            log.error("[{}] {}", config.node(), why);
            dismissal = Optional.of(why);
            host = null;
            try {
                left.close();
                serveOperators();
            } catch (IOException e) {
                log.error(
                        "[{}] serves no shard, and cannot tell operators at {} why", config.node(), config.listen(), e);
            }
        }
    }

    private synchronized void serveOperators() throws IOException {
        waiting = GrpcWiring.serve(config.listen(), config.tls(), new AdminService(operations));
    }

    @Override
    public void close() throws IOException {
        background.shutdownNow();
        nodes.close();
        synchronized (ending) {
            closed = true;
            RatisShardHost served = host;
            try {
                if (served != null) {
                    served.close();
                }
            } finally {
                closeRest(served);
            }
        }
    }

    /** Whoever was about to serve has the lock: what it opened meanwhile is closed, too, before another process may open the directory. */
    private void closeRest(RatisShardHost before) throws IOException {
        RatisShardHost late;
        synchronized (this) {
            if (waiting != null) {
                waiting.shutdownNow();
            }
            late = host;
        }
        try {
            if (late != null && late != before) {
                late.close();
            }
        } finally {
            directory.close();
        }
    }
}
