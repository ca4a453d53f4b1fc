package io.quorate.cli.node;

import io.quorate.statemachine.raft.TlsFiles;
import io.quorate.topology.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Everything that a node is told. Read from a file by {@link ConfigFile}.
 *
 * @param node its name
 * @param listen where it serves other nodes and clients
 * @param advertise address at which others reach it
 * @param dataDirectory absolute; holds all that it keeps
 * @param http where it serves metrics and health, if it does
 * @param preset timings and sizes
 * @param tls for every port; without it all of them are on the loopback interface
 * @param allowAnybody with TLS that is not mutual, whether the node may listen beyond the loopback interface all the same
 * @param limits of a shard
 * @param checkpoints of a shard
 * @param memoryBytes caches and write buffers of all shards together, 32 MiB to 1 TiB
 * @param diskReserveBytes appends are refused, and the node is not ready, while its disk has less free; 1 MiB to 1 PiB
 * @param drain how long a stop waits for what was accepted, 1 ms to 1 h
 */
public record DaemonConfig(
        NodeId node,
        ListenAddress listen,
        ListenAddress advertise,
        Path dataDirectory,
        Optional<ListenAddress> http,
        Preset preset,
        Optional<TlsFiles> tls,
        boolean allowAnybody,
        Limits limits,
        Checkpoints checkpoints,
        long memoryBytes,
        long diskReserveBytes,
        Duration drain) {
    static final long DEFAULT_MEMORY = 224L << 20;
    static final long LEAST_MEMORY = 32L << 20;
    static final long MOST_MEMORY = 1L << 40;
    static final long DEFAULT_RESERVE = 64L << 20;
    static final long LEAST_RESERVE = 1L << 20;
    static final long MOST_RESERVE = 1L << 50;
    static final Duration DEFAULT_DRAIN = Duration.ofSeconds(10);
    static final Duration LEAST_DRAIN = Duration.ofMillis(1);
    static final Duration MOST_DRAIN = Duration.ofHours(1);

    public DaemonConfig {
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(preset, "preset");
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(checkpoints, "checkpoints");
        if (!dataDirectory.isAbsolute()) {
            throw new IllegalArgumentException("dataDirectory " + dataDirectory + " is not absolute");
        }
        if (memoryBytes < LEAST_MEMORY || memoryBytes > MOST_MEMORY) {
            throw new IllegalArgumentException("memory of " + memoryBytes + " bytes");
        }
        if (diskReserveBytes < LEAST_RESERVE || diskReserveBytes > MOST_RESERVE) {
            throw new IllegalArgumentException("diskReserve of " + diskReserveBytes + " bytes");
        }
        if (drain.compareTo(LEAST_DRAIN) < 0 || drain.compareTo(MOST_DRAIN) > 0) {
            throw new IllegalArgumentException("drain of " + drain);
        }
        http.ifPresent(address -> requireOther(address, listen));
        if (tls.isEmpty()) {
            requireLoopback(listen);
            http.ifPresent(DaemonConfig::requireLoopback);
        } else if (!tls.get().mutual() && !allowAnybody) {
            requireMutual(listen);
        }
        requireReachable(advertise);
        if (limits.entryBytes() > preset.mostEntryBytes()) {
            throw new IllegalArgumentException("entrySize of " + limits.entryBytes() + " bytes with preset " + preset);
        }
    }

    /** True if whoever reaches it may administer it, and beyond this machine. */
    boolean servesAnybody() {
        return tls.isPresent() && !tls.get().mutual() && !isLoopback(listen);
    }

    private static boolean isLoopback(ListenAddress address) {
        return address.resolve().getAddress().isLoopbackAddress();
    }

    /** Refuses an address beyond the loopback interface where callers prove nothing, saying why. */
    static ListenAddress requireMutual(ListenAddress address) {
        if (!isLoopback(address)) {
            throw new IllegalArgumentException(
                    address + " can be reached from other machines, and with 'tls.mutual: false'"
                            + " whoever reaches it may administer the cluster and speak as one of its nodes: leave out 'tls.mutual',"
                            + " listen on 127.0.0.1, or say 'tls.allowAnybody: true' where the network lets nobody else in");
        }
        return address;
    }

    /** Refuses an address beyond the loopback interface, saying why. */
    static ListenAddress requireLoopback(ListenAddress address) {
        if (!isLoopback(address)) {
            throw new IllegalArgumentException(address + " can be reached from other machines, and without TLS whoever"
                    + " reaches it may read and change everything: add a tls section, or listen on 127.0.0.1");
        }
        return address;
    }

    static ListenAddress requireOther(ListenAddress address, ListenAddress taken) {
        if (address.equals(taken)) {
            throw new IllegalArgumentException(address + " is the address of 'listen': choose another port");
        }
        return address;
    }

    static ListenAddress requireReachable(ListenAddress address) {
        if (address.resolve().getAddress().isAnyLocalAddress()) {
            throw new IllegalArgumentException(
                    address + " is no address that other nodes could connect to: set 'advertise' to one");
        }
        return address;
    }
}
