package io.quorate.statemachine.raft;

import io.quorate.statemachine.store.StateStoreFactory;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
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
 * @param checkpointInterval a shard that changed is checkpointed at least this often
 * @param checkpointBytes and after this many bytes of entries: bounds the log and the time of a restart
 * @param diskReserveBytes appends are refused when less is free
 * @param tls of all connections; empty is for loopback and trusted networks only
 * @param wallClock asked once in the life of a shard, by its first leader: cluster time begins there and then goes by elapsed time alone
 */
public record HostConfig(
        ClusterId cluster,
        PeerId self,
        String address,
        Path dataDirectory,
        StateStoreFactory stores,
        ApplicationCatalog applications,
        RatisSettings raft,
        Duration checkpointInterval,
        long checkpointBytes,
        long diskReserveBytes,
        Optional<TlsFiles> tls,
        InstantSource wallClock) {
    public HostConfig {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(self, "self");
        Peer.checkAddress(address);
        Objects.requireNonNull(dataDirectory, "dataDirectory");
        Objects.requireNonNull(stores, "stores");
        Objects.requireNonNull(applications, "applications");
        Objects.requireNonNull(tls, "tls");
        Objects.requireNonNull(wallClock, "wallClock");
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
                Duration.ofSeconds(60),
                512L << 20,
                64L << 20,
                Optional.empty(),
                InstantSource.system());
    }

    /** The same with other settings of Raft. */
    public HostConfig withRaft(RatisSettings settings) {
        return new HostConfig(
                cluster,
                self,
                address,
                dataDirectory,
                stores,
                applications,
                settings,
                checkpointInterval,
                checkpointBytes,
                diskReserveBytes,
                tls,
                wallClock);
    }

    /**
     * The same with other times for checkpoints.
     *
     * @throws IllegalArgumentException below 100 ms or 1 MiB
     */
    public HostConfig withCheckpoints(Duration interval, long bytes) {
        return new HostConfig(
                cluster,
                self,
                address,
                dataDirectory,
                stores,
                applications,
                raft,
                interval,
                bytes,
                diskReserveBytes,
                tls,
                wallClock);
    }

    /**
     * The same with another reserve on the disk.
     *
     * @param bytes 0 or more
     */
    public HostConfig withDiskReserve(long bytes) {
        return new HostConfig(
                cluster,
                self,
                address,
                dataDirectory,
                stores,
                applications,
                raft,
                checkpointInterval,
                checkpointBytes,
                bytes,
                tls,
                wallClock);
    }

    /** The same with another wall clock, for tests. */
    public HostConfig withWallClock(InstantSource other) {
        return new HostConfig(
                cluster,
                self,
                address,
                dataDirectory,
                stores,
                applications,
                raft,
                checkpointInterval,
                checkpointBytes,
                diskReserveBytes,
                tls,
                other);
    }
}
