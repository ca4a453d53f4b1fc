package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.raft.TlsFiles;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Finds nodes and leaders, calls them, and tries again what fails for a reason that passes. Blocking. */
final class ClusterCalls implements AutoCloseable {
    static final Duration STEP = Duration.ofSeconds(5);

    private static final Duration PAUSE = Duration.ofMillis(50);

    private final AdminClient client;
    private final List<String> seeds;
    private final Duration patience;
    private final Consumer<String> progress;
    /** What is wrong with seeds is told once, however often they are tried. */
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    ClusterCalls(List<String> seeds, Optional<TlsFiles> tls, Duration patience, Consumer<String> progress) {
        this.client = new AdminClient(tls);
        this.seeds = seeds;
        this.patience = patience;
        this.progress = progress;
    }

    JsonNode call(String address, String operation, ObjectNode arguments, Duration timeout) {
        return client.call(address, operation, arguments, timeout);
    }

    /** Addresses of all nodes that seeds and their shards' members name. */
    Set<String> addresses() {
        Set<String> addresses = new TreeSet<>(seeds);
        for (String seed : seeds) {
            try {
                for (JsonNode shard : call(seed, "status", none(), STEP).path("shards")) {
                    shard.path("peers")
                            .forEach(peer -> addresses.add(peer.path("address").asText()));
                }
            } catch (AdminException unreachable) {
                if (told.add(unreachable.getMessage())) {
                    progress.accept(unreachable.getMessage());
                }
            }
        }
        return addresses;
    }

    JsonNode findLeader(ShardId shard, Set<String> addresses) {
        List<String> silent = new ArrayList<>();
        for (String address : addresses) {
            try {
                Optional<JsonNode> status = askStatus(shard, address);
                if (status.isPresent() && status.get().path("leads").asBoolean()) {
                    return ((ObjectNode) status.get()).put("address", address);
                }
            } catch (AdminException unreachable) {
                silent.add(unreachable.getMessage());
            }
        }
        throw new AdminException(
                "NO_LEADER",
                "shard " + shard + " has no leader that can be reached, asked " + addresses
                        + (silent.isEmpty() ? "" : ": " + String.join("; ", silent)));
    }

    /** As {@link #findLeader}, of whoever can be asked; waits until there is one. */
    JsonNode leader(ShardId shard, long deadline) {
        return eventually(deadline, "leader of shard " + shard, () -> findLeader(shard, addresses()));
    }

    void register(Peer peer, JsonNode hello, long deadline) {
        progress.accept("node " + peer.id().node() + " at " + peer.address());
        ObjectNode node = none().put("peer", peer.id().toString()).put("address", peer.address());
        node.set("featureLevels", hello.path("featureLevels"));
        onLeader(MetadataShard.ID, "nodes.register", node, deadline);
    }

    /** A shard's status on one node; empty if it is not served there, or nobody answers. */
    Optional<JsonNode> statusOf(ShardId shard, String address) {
        try {
            return askStatus(shard, address);
        } catch (AdminException unreachable) {
            return Optional.empty();
        }
    }

    private Optional<JsonNode> askStatus(ShardId shard, String address) {
        for (JsonNode status : call(address, "status", none(), STEP).path("shards")) {
            if (status.path("shard").asText().equals(shard.value())) {
                return Optional.of(status);
            }
        }
        return Optional.empty();
    }

    static List<Peer> members(JsonNode leader) {
        List<Peer> peers = new ArrayList<>();
        leader.path("peers").forEach(peer -> peers.add(DescriptorJson.readPeer(peer)));
        return peers;
    }

    /** Calls an operation on a shard's leader, and again on the next one if it moved. */
    JsonNode onLeader(ShardId shard, String operation, ObjectNode arguments, long deadline) {
        return eventually(deadline, "'" + operation + "' on the leader of " + shard, () -> {
            JsonNode leader = findLeader(shard, addresses());
            return call(leader.path("address").asText(), operation, arguments, remaining(deadline));
        });
    }

    /** Something that may fail for a reason that passes. */
    interface Attempt {
        JsonNode run();
    }

    /**
     * Tries again what failed for a reason that passes, and what was not confirmed: the operations look at how things are before they
     * change anything.
     */
    JsonNode eventually(long deadline, String what, Attempt attempt) {
        while (true) {
            try {
                return attempt.run();
            } catch (AdminException e) {
                boolean passes = Set.of(
                                AdminClient.UNREACHABLE,
                                "NO_LEADER",
                                "NOT_LEADER",
                                "NOT_INITIALIZED",
                                "BEHIND",
                                "INDETERMINATE",
                                "REMOVING",
                                "METADATA_UNAVAILABLE",
                                "CONFLICT")
                        .contains(e.error());
                if (!passes || remaining(deadline).isZero()) {
                    throw e;
                }
                pause(what);
            }
        }
    }

    private static void pause(String what) {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AdminException("INTERRUPTED", "interrupted while waiting for " + what, e);
        }
    }

    long deadline() {
        return System.nanoTime() + patience.toNanos();
    }

    static Duration remaining(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    static ObjectNode none() {
        return DescriptorJson.object();
    }

    @Override
    public void close() {
        client.close();
    }
}
