package io.quorate.statemachine.client.core;

import io.quorate.statemachine.wire.LeaderHint;
import io.quorate.statemachine.wire.ServerResponse.Location;
import io.quorate.topology.Peer;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.RejectReason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Finds and follows the leader of one shard. Only a node that says "I lead" becomes the leader here; what others say about it
 * only tells whom to ask. A leader that fails to answer is doubted: all nodes are asked meanwhile, and one that leads in a higher
 * epoch takes over.
 */
final class LeaderSearch {
    private enum Standing {
        UNKNOWN,
        SERVES,
        SERVES_NOT,
        WRONG_CLUSTER,
        UNREACHABLE
    }

    private static final class Node {
        Standing standing = Standing.UNKNOWN;
        /** True while a question to it is not answered. */
        boolean asked;

        String message = "";
    }

    /**
     * An election takes a few hundred milliseconds, and writers wait for what is asked here: so for about a second nodes are asked
     * often, and only then more and more rarely. What a round costs an outage in length is a part of what it has lasted already: more
     * would be a burden on nodes that many clients ask, and that are short of time as it is.
     */
    private static final int EAGER_ROUNDS = 16;

    private static final long EAGER_NANOS = 20_000_000;
    private static final double EAGER_GROWTH = 1.15;

    /** Addresses remembered beyond the seeds. */
    private static final int MAX_LEARNED = 64;

    private final Set<String> seeds;
    private final Backoff backoff;
    private final RandomGenerator random;
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private List<Peer> peers = List.of();
    private long peersEpoch = -1;
    private Optional<String> leader = Optional.empty();
    private long leaderEpoch = -1;
    /** Of the shard, by the leader that was found last; empty before the first. */
    private Optional<UUID> life = Optional.empty();

    private boolean closed;
    private boolean asking;
    private long askAtNanos;
    private long askingSinceNanos;
    /** Rounds of questions since the leader last proved to be one. */
    private int rounds;

    LeaderSearch(Collection<String> seeds, Backoff backoff, RandomGenerator random) {
        this.seeds = new LinkedHashSet<>(seeds);
        this.backoff = backoff;
        this.random = random;
        this.seeds.forEach(seed -> nodes.put(seed, new Node()));
    }

    Optional<String> leader() {
        return leader;
    }

    /** The life of the shard in which the leader leads that was found last; empty before the first. */
    Optional<UUID> life() {
        return life;
    }

    /** Members of the shard by the latest answer; empty before the first. */
    List<Peer> peers() {
        return peers;
    }

    /** Begins to ask for the leader, unless it is known or asked for. */
    void want(long now) {
        if (leader.isEmpty()) {
            ask(now);
        }
    }

    /** Asks all nodes whether the leader still is the one, and goes on following it meanwhile. */
    void doubt(long now) {
        ask(now);
    }

    /** Asks no more. */
    void close() {
        closed = true;
        asking = false;
    }

    private void ask(long now) {
        if (!asking && !closed) {
            asking = true;
            askingSinceNanos = now;
            askAtNanos = rounds == 0 ? now : now + waitNanos(rounds - 1);
        }
    }

    private long waitNanos(int asked) {
        if (asked >= EAGER_ROUNDS) {
            return backoff.nanos(asked - EAGER_ROUNDS, random);
        }
        long eager = (long) (Math.min(backoff.initialNanos(), EAGER_NANOS) * Math.pow(EAGER_GROWTH, asked));
        return Math.min(backoff.maxNanos(), eager - random.nextLong(eager / 2 + 1));
    }

    /** The leader answered as a leader does. */
    void confirmed() {
        rounds = 0;
        if (leader.isPresent()) {
            asking = false;
        }
    }

    /** Addresses to ask now. */
    List<String> due(long now) {
        if (!asking || askAtNanos - now > 0) {
            return List.of();
        }
        askAtNanos = now + waitNanos(rounds);
        rounds++;
        List<String> due = new ArrayList<>();
        nodes.forEach((address, node) -> {
            if (!node.asked) {
                node.asked = true;
                due.add(address);
            }
        });
        return due;
    }

    /** When {@link #due} has something to say next; empty if no question is pending. */
    Optional<Long> wakeAtNanos() {
        return asking ? Optional.of(askAtNanos) : Optional.empty();
    }

    /** Takes an answer; true if the leader is another than before. */
    boolean located(String address, Location location, long now) {
        Node node = node(address);
        node.asked = false;
        node.standing = location.self().isPresent() ? Standing.SERVES : Standing.SERVES_NOT;
        boolean known = learn(location);
        if (asking && !known) {
            // Somebody new to ask: at once.
            askAtNanos = now;
        }
        if (!location.leads() || leader.isPresent() && location.epoch() < leaderEpoch) {
            return false;
        }
        boolean changed = leader.isEmpty() || !leader.get().equals(address);
        leader = Optional.of(address);
        leaderEpoch = location.epoch();
        life = location.life();
        asking = false;
        return changed;
    }

    /** Takes over what an answer says of peers; false if one of them was not known. */
    private boolean learn(Location location) {
        boolean serves = location.self().isPresent();
        if (serves && (location.epoch() >= peersEpoch || location.leads())) {
            peers = location.peers();
            peersEpoch = location.epoch();
            forgetStrangers();
        }
        boolean known = true;
        for (Peer peer : location.peers()) {
            known &= learn(peer.address());
        }
        return known;
    }

    private boolean learn(String address) {
        if (nodes.containsKey(address) || nodes.size() >= seeds.size() + MAX_LEARNED) {
            return true;
        }
        nodes.put(address, new Node());
        return false;
    }

    private void forgetStrangers() {
        Set<String> members = new LinkedHashSet<>(seeds);
        peers.forEach(peer -> members.add(peer.address()));
        leader.ifPresent(members::add);
        nodes.entrySet().removeIf(node -> !members.contains(node.getKey()) && !node.getValue().asked);
    }

    private Node node(String address) {
        return nodes.computeIfAbsent(address, a -> new Node());
    }

    /** A node refused to say where the shard is. */
    void refused(String address, Rejected refusal) {
        Node node = node(address);
        node.asked = false;
        boolean wrongCluster = refusal.reason() == RejectReason.WRONG_IDENTITY;
        node.standing = wrongCluster ? Standing.WRONG_CLUSTER : Standing.UNREACHABLE;
        node.message = refusal.message();
    }

    /** The connection to a node was lost, or could not be made. */
    void lost(String address, String cause, long now) {
        Node node = node(address);
        node.message = cause;
        node.asked = false;
        node.standing = Standing.UNREACHABLE;
        forgetLeader(address, now);
    }

    /** A node answered that it does not lead. */
    void notLeader(String address, Optional<LeaderHint> hint, long now) {
        hint.ifPresent(h -> learn(h.address()));
        forgetLeader(address, now);
    }

    private void forgetLeader(String address, long now) {
        if (leader.isPresent() && leader.get().equals(address)) {
            leader = Optional.empty();
            asking = false;
            ask(now);
        }
    }

    /** What stands in the way of finding a leader, and what to do; empty if one is known or nothing is known to be wrong. */
    String trouble() {
        if (leader.isPresent()) {
            return "";
        }
        List<String> unreachable = nodes.values().stream()
                .filter(node -> node.standing == Standing.UNREACHABLE && !node.message.isEmpty())
                .map(node -> node.message)
                .toList();
        boolean served = nodes.values().stream().anyMatch(node -> node.standing == Standing.SERVES);
        if (unreachable.isEmpty()) {
            return served
                    ? "; the shard has no leader that could be found: see 'status' for its members"
                    : "; no node of " + nodes.keySet() + " answered";
        }
        // where a member answers, addresses and TLS are right, and others are down
        return "; no leader was found: " + String.join("; ", unreachable)
                + (served
                        ? ""
                        : ". Are these the addresses of the nodes, do the nodes run, and do TLS settings agree?");
    }

    /**
     * Why the search cannot succeed: every node answered, and none serves the shard. Empty while there is hope; a shard that is
     * just being created or opened is waited for a moment.
     */
    Optional<Rejected> hopeless(String shard, long now, long patienceNanos) {
        if (leader.isPresent() || !asking) {
            return Optional.empty();
        }
        boolean patient = now - askingSinceNanos < patienceNanos;
        Optional<Rejected> verdict = Optional.of(
                new Rejected(RejectReason.UNKNOWN_SHARD, "none of " + nodes.keySet() + " serves shard " + shard));
        for (Node node : nodes.values()) {
            if (node.standing == Standing.WRONG_CLUSTER) {
                verdict = Optional.of(new Rejected(RejectReason.WRONG_IDENTITY, node.message));
            } else if (node.standing != Standing.SERVES_NOT || patient) {
                return Optional.empty();
            }
        }
        return verdict;
    }
}
