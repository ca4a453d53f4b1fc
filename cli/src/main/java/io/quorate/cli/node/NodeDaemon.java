package io.quorate.cli.node;

import com.codahale.metrics.MetricRegistry;
import io.quorate.cli.http.HealthCheck;
import io.quorate.cli.http.MetricsPage;
import io.quorate.cli.http.NodeHttpServer;
import io.quorate.cli.tls.TlsMaterial;
import io.quorate.statemachine.node.NodeConfig;
import io.quorate.statemachine.node.QuorateNode;
import io.quorate.statemachine.raft.ApplicationCatalog;
import io.quorate.statemachine.raft.RatisShardHost;
import io.quorate.statemachine.rocksdb.RocksDbStateStoreFactory;
import java.io.IOException;
import java.net.BindException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node: its pages over HTTP, its storage engine, and the node itself. Opened in this order and closed in the other; what
 * was opened before something failed is closed again.
 */
public final class NodeDaemon implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NodeDaemon.class);

    private final DaemonConfig config;
    private final HealthCheck health;
    private final MetricRegistry metrics = new MetricRegistry();
    private Optional<NodeHttpServer> http = Optional.empty();
    private Optional<RocksDbStateStoreFactory> stores = Optional.empty();
    private Optional<QuorateNode> node = Optional.empty();
    private boolean closed;

    private NodeDaemon(DaemonConfig config) {
        this.config = config;
        this.health = new HealthCheck(config.node());
    }

    /**
     * Starts a node. Where it is in no cluster it waits to be told of one.
     *
     * @param applications what its shards may ask for
     * @throws io.quorate.statemachine.identity.DataDirectoryException if the data directory is refused
     * @throws IOException if a port is taken or what the directory holds cannot be opened; says which
     */
    public static NodeDaemon start(DaemonConfig config, ApplicationCatalog applications) throws IOException {
        NodeDaemon daemon = new NodeDaemon(config);
        try {
            daemon.open(applications);
            return daemon;
        } catch (IOException | RuntimeException e) {
            try {
                daemon.close();
            } catch (IOException | RuntimeException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private void open(ApplicationCatalog applications) throws IOException {
        if (config.http().isPresent()) {
            Optional<TlsMaterial> tls = config.tls().map(TlsMaterial::load);
            MetricsPage page = new MetricsPage(metrics, health);
            ListenAddress address = config.http().get();
            http = Optional.of(listening(
                    "http", "serve HTTP", address, () -> NodeHttpServer.start(address.resolve(), tls, health, page)));
        }
        RocksDbStateStoreFactory engine =
                new RocksDbStateStoreFactory(config.preset().memory(config.memoryBytes()));
        stores = Optional.of(engine);
        NodeConfig settings = new NodeConfig(
                config.node(),
                config.advertise().toString(),
                config.listen().toString(),
                config.dataDirectory(),
                engine,
                applications,
                config.preset().raft(config.limits()),
                config.checkpoints().interval(),
                config.checkpoints().logBytes(),
                config.diskReserveBytes(),
                config.tls());
        QuorateNode opened = listening("listen", "listen", config.listen(), () -> new QuorateNode(settings));
        node = Optional.of(opened);
        health.watch(opened.identity().peer(), opened::host);
        if (config.servesAnybody()) {
            log.warn(
                    "[{}] whoever reaches {} may administer the cluster and speak as one of its nodes: 'tls.allowAnybody' is set",
                    config.node(),
                    config.listen());
        }
        log.info(
                "[{}] started, incarnation {}", config.node(), opened.identity().incarnation());
    }

    /** Something that takes a port when it is made. */
    private interface Listener<T> {
        T start() throws IOException;
    }

    private static <T> T listening(String setting, String purpose, ListenAddress address, Listener<T> listener)
            throws IOException {
        try {
            return listener.start();
        } catch (IOException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                boolean taken = cause instanceof BindException
                        || String.valueOf(cause.getMessage()).contains("Address already in use");
                if (taken) {
                    throw new PortInUseException(setting, purpose, address, e);
                }
            }
            throw e;
        }
    }

    public DaemonConfig config() {
        return config;
    }

    public QuorateNode node() {
        return node.orElseThrow();
    }

    public HealthCheck health() {
        return health;
    }

    /** The server of its pages, if they are served. */
    public Optional<NodeHttpServer> http() {
        return http;
    }

    /** Hands over what it leads, answers what it has accepted, and stops. A second call does nothing. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        health.drain();
        try {
            node.flatMap(QuorateNode::host).ifPresent(this::drain);
        } finally {
            closeParts();
        }
        if (node.isPresent()) {
            log.info("[{}] stopped", config.node());
        }
    }

    private void drain(RatisShardHost host) {
        host.announceStop();
        Drain.run(host.all(), host::stays, config.drain());
    }

    private void closeParts() throws IOException {
        try {
            if (node.isPresent()) {
                node.get().close();
            }
        } finally {
            stores.ifPresent(RocksDbStateStoreFactory::close);
            http.ifPresent(NodeHttpServer::close);
        }
    }
}
