package io.quorate.cli.http;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.host.ShardDirectory;
import io.quorate.topology.NodeId;
import io.quorate.topology.PeerId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the shards of a node how they are. Thread-safe. */
public final class HealthCheck {
    /** Some batches: a follower under load is behind by that all the time. */
    public static final long MAX_LAG_ENTRIES = 1000;

    private static final Logger log = LoggerFactory.getLogger(HealthCheck.class);

    private final NodeId node;
    private volatile Optional<Watched> watched = Optional.empty();
    private volatile boolean draining;

    /** Of a node that is starting. */
    public HealthCheck(NodeId node) {
        this.node = Objects.requireNonNull(node, "node");
    }

    /**
     * From now on the node has started.
     *
     * @param shards what it serves; empty while it is in no cluster
     */
    public void watch(PeerId peer, Supplier<Optional<? extends ShardDirectory>> shards) {
        watched = Optional.of(new Watched(peer, shards));
    }

    /** From now on the node is about to stop. */
    public void drain() {
        draining = true;
    }

    /** Who the node is, once that is known. */
    public Optional<PeerId> peer() {
        return watched.map(Watched::peer);
    }

    /** What is served now. */
    public Collection<HostedShard> shards() {
        return watched.flatMap(w -> w.shards().get())
                .<Collection<HostedShard>>map(ShardDirectory::all)
                .orElse(List.of());
    }

    /** Asks all shards. */
    public NodeHealth look() {
        List<ShardHealth> answers = new ArrayList<>();
        Map<String, String> unreadable = new TreeMap<>();
        for (HostedShard shard : shards()) {
            String name = shard.descriptor().shard().value();
            try {
                answers.add(ShardHealth.of(name, shard.status(), MAX_LAG_ENTRIES));
            } catch (RuntimeException e) {
                log.warn("[{}/{}] cannot tell its status", node, name, e);
                unreadable.put(name, "cannot tell its status: " + e.getMessage());
            }
        }
        answers.sort(Comparator.comparing(ShardHealth::shard));
        return new NodeHealth(node, peer(), phase(), answers, unreadable);
    }

    private NodePhase phase() {
        if (draining) {
            return NodePhase.DRAINING;
        }
        if (watched.isEmpty()) {
            return NodePhase.STARTING;
        }
        return watched.get().shards().get().isPresent() ? NodePhase.SERVING : NodePhase.NOT_IN_A_CLUSTER;
    }

    private record Watched(PeerId peer, Supplier<Optional<? extends ShardDirectory>> shards) {}
}
