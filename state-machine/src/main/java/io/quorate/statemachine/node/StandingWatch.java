package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.raft.TlsFiles;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.wal.log.LogStatus;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether this node is part of its cluster, or was removed while it was away, or runs on a copy of another process' data
 * directory. In each case no leader talks to it: a removed node is in no shard's configuration, and a copy is not where the others look
 * for it. So one that hears of no leader in any of its shards asks, by way of those whom it knows as members. A node without shards knows
 * nobody; it is told when it is removed, or when somebody adds it. Of one thread.
 */
final class StandingWatch {
    private static final Logger log = LoggerFactory.getLogger(StandingWatch.class);

    /** Elections take less, as a rule. */
    private static final Duration ALONE = Duration.ofSeconds(5);

    private static final Duration PAUSE = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final PeerId self;
    private final String address;
    private final String run;
    private final Optional<TlsFiles> tls;
    private final LongSupplier nanoTime;
    /** Since it hears of no leader, or has asked; empty while it does hear of one. */
    private Optional<Long> nextQuestion = Optional.empty();

    /** @param run as in {@link LocalNode#run} */
    StandingWatch(PeerId self, String address, String run, Optional<TlsFiles> tls, LongSupplier nanoTime) {
        this.self = self;
        this.address = address;
        this.run = run;
        this.tls = tls;
        this.nanoTime = nanoTime;
    }

    /** Why this node must not serve; empty if it may, or nobody need be asked now, or nobody knows. */
    Optional<String> look(ClusterId cluster, Collection<HostedShard> shards) {
        if (shards.isEmpty() || shards.stream().anyMatch(shard -> hearsOfALeader(shard.status()))) {
            nextQuestion = Optional.empty();
            return Optional.empty();
        }
        long now = nanoTime.getAsLong();
        long next = nextQuestion.orElse(now + ALONE.toNanos());
        nextQuestion = Optional.of(next);
        if (next - now > 0) {
            return Optional.empty();
        }
        List<String> neighbours = neighbours(shards);
        Optional<String> dismissal = neighbours.isEmpty() ? Optional.empty() : ask(cluster, neighbours);
        nextQuestion = Optional.of(nanoTime.getAsLong() + PAUSE.toNanos());
        return dismissal;
    }

    private List<String> neighbours(Collection<HostedShard> shards) {
        Set<String> neighbours = new TreeSet<>();
        for (HostedShard shard : shards) {
            shard.descriptor().peers().forEach(peer -> neighbours.add(peer.address()));
            shard.status().peers().forEach(peer -> neighbours.add(peer.address()));
        }
        neighbours.remove(address);
        return List.copyOf(neighbours);
    }

    /** Its own lead of a shard that nobody else has says nothing. */
    private boolean hearsOfALeader(LogStatus status) {
        return status.leader().isPresent()
                && status.peers().size() > 1
                && status.peers().stream().map(Peer::id).anyMatch(self::equals);
    }

    private Optional<String> ask(ClusterId cluster, List<String> neighbours) {
        try (ClusterCalls calls =
                new ClusterCalls(neighbours, tls, PATIENCE, PATIENCE, line -> log.debug("[{}] {}", self, line))) {
            JsonNode standing = calls.onLeader(
                    MetadataShard.ID,
                    "nodes.standing",
                    ClusterCalls.none().put("peer", self.toString()),
                    calls.deadline());
            if (!standing.path("cluster").asText().equals(cluster.toString())) {
                return Optional.empty(); // at a former neighbour's address is somebody else by now
            }
            Optional<String> removed =
                    Optional.ofNullable(standing.path("removed").textValue());
            return removed.isPresent()
                    ? removed
                    : copied(calls, standing.path("address").asText(address));
        } catch (AdminException e) {
            log.info(
                    "[{}] hears of no leader, and nobody can tell whether it is part of the cluster: {}",
                    self,
                    e.getMessage());
            return Optional.empty();
        }
    }

    /** A node that moved to another address is alive at that one only; one that has two names for its address meets itself. */
    private Optional<String> copied(ClusterCalls calls, String registered) {
        if (registered.equals(address)) {
            return Optional.empty();
        }
        JsonNode there;
        try {
            there = calls.call(registered, "hello", ClusterCalls.none(), ClusterCalls.STEP);
        } catch (AdminException gone) {
            log.info("[{}] is known at {}, where nobody answers: {}", self, registered, gone.getMessage());
            return Optional.empty();
        }
        boolean two = there.path("peer").asText().equals(self.toString())
                && !there.path("run").asText(run).equals(run);
        return two
                ? Optional.of("two processes are " + self + ", this one at " + address + " and one at " + registered
                        + ", where the cluster knows it: is the data directory a copy? This one serves nothing, since two would vote"
                        + " in one name. Start it with a name of its own and an empty data directory")
                : Optional.empty();
    }
}
