package io.quorate.statemachine.raft;

import io.quorate.statemachine.store.StateStoreFactory;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.wal.apply.SessionLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How a node hosts shards.
 *
 * @param cluster the cluster it belongs to
 * @param self this node in the life of its disk
 * @param address {@code host:port} at which it listens
 * @param dataDirectory everything that it keeps
 * @param stores the storage engine
 * @param applications what shards may ask for by name
 * @param raft settings of Raft
 * @param sessions bounds of writer sessions; must be the same on all nodes of the cluster
 * @param checkpointInterval a shard that changed is checkpointed at least this often
 * @param checkpointBytes and after this many bytes of entries: bounds the log and the time of a restart
 * @param diskReserveBytes appends are refused when less is free
 * @param tls of all connections; empty is for loopback and trusted networks only
 */
public record HostConfig(
        ClusterId cluster,
        PeerId self,
        String address,
        Path dataDirectory,
        StateStoreFactory stores,
        ApplicationCatalog applications,
        RatisSettings raft,
        SessionLimits sessions,
        Duration checkpointInterval,
        long checkpointBytes,
        long diskReserveBytes,
        Optional<TlsFiles> tls) {
    public HostConfig {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(self, "self");
        Peer.checkAddress(address);
        Objects.requireNonNull(dataDirectory, "dataDirectory");
        Objects.requireNonNull(stores, "stores");
        Objects.requireNonNull(applications, "applications");
        Objects.requireNonNull(tls, "tls");
        if (checkpointInterval.toMillis() < 100 || checkpointBytes < 1 << 20 || diskReserveBytes < 0) {
            throw new IllegalArgumentException("checkpoints every " + checkpointInterval + " or " + checkpointBytes
                    + " bytes, disk reserve " + diskReserveBytes + ": at least 100 ms, 1 MiB and 0");
        }
    }

    /** Sane values for a node of a local network. */
    public static HostConfig lan(
            ClusterId cluster,
            PeerId self,
            String address,
            Path dataDirectory,
            StateStoreFactory stores,
            ApplicationCatalog applications) {
        return new HostConfig(
                cluster,
                self,
                address,
                dataDirectory,
                stores,
                applications,
                RatisSettings.lan(),
                SessionLimits.DEFAULT,
                Duration.ofSeconds(60),
                512L << 20,
                64L << 20,
                Optional.empty());
    }

    public HostConfig withRaft(RatisSettings settings) {
        return new HostConfig(
                cluster,
                self,
                address,
                dataDirectory,
                stores,
                applications,
                settings,
                sessions,
                checkpointInterval,
                checkpointBytes,
                diskReserveBytes,
                tls);
    }

    public HostConfig withCheckpoints(Duration interval, long bytes) {
        return new HostConfig(
                cluster,
                self,
                address,
                dataDirectory,
                stores,
                applications,
                raft,
                sessions,
                interval,
                bytes,
                diskReserveBytes,
                tls);
    }

    public HostConfig withDiskReserve(long bytes) {
        return new HostConfig(
                cluster,
                self,
                address,
                dataDirectory,
                stores,
                applications,
                raft,
                sessions,
                checkpointInterval,
                checkpointBytes,
                bytes,
                tls);
    }

    public HostConfig withTls(TlsFiles files) {
        return new HostConfig(
                cluster,
                self,
                address,
                dataDirectory,
                stores,
                applications,
                raft,
                sessions,
                checkpointInterval,
                checkpointBytes,
                diskReserveBytes,
                Optional.of(files));
    }
}
