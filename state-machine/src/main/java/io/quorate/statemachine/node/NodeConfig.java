package io.quorate.statemachine.node;

import io.quorate.statemachine.raft.ApplicationCatalog;
import io.quorate.statemachine.raft.RatisSettings;
import io.quorate.statemachine.raft.TlsFiles;
import io.quorate.statemachine.store.StateStoreFactory;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How a node runs.
 *
 * @param node its name
 * @param address {@code host:port} at which others find it
 * @param listen {@code host:port} at which it listens; mostly the same
 * @param dataDirectory everything that it keeps; formatted at the first start
 * @param stores the storage engine
 * @param applications what shards may ask for by name; must contain {@code kv} for the metadata shard
 * @param raft settings of Raft
 * @param checkpointInterval a shard that changed is checkpointed at least this often
 * @param checkpointBytes and after this many bytes of entries
 * @param diskReserveBytes appends are refused when less is free
 * @param tls of all connections
 */
public record NodeConfig(
        NodeId node,
        String address,
        String listen,
        Path dataDirectory,
        StateStoreFactory stores,
        ApplicationCatalog applications,
        RatisSettings raft,
        Duration checkpointInterval,
        long checkpointBytes,
        long diskReserveBytes,
        Optional<TlsFiles> tls) {
    public NodeConfig {
        Objects.requireNonNull(node, "node");
        Peer.checkAddress(address);
        Peer.checkAddress(listen);
        Objects.requireNonNull(dataDirectory, "dataDirectory");
        Objects.requireNonNull(stores, "stores");
        Objects.requireNonNull(raft, "raft");
        Objects.requireNonNull(tls, "tls");
        applications.create(MetadataShard.APPLICATION);
    }

    /** Sane values for a node of a local network. */
    public static NodeConfig lan(
            NodeId node,
            String address,
            Path dataDirectory,
            StateStoreFactory stores,
            ApplicationCatalog applications) {
        return new NodeConfig(
                node,
                address,
                address,
                dataDirectory,
                stores,
                applications,
                RatisSettings.lan(),
                Duration.ofSeconds(60),
                512L << 20,
                64L << 20,
                Optional.empty());
    }
}
