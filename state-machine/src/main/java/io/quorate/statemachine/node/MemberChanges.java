package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.ClusterId;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.topology.quorum.VoterSets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Changes of a shard's members and of its leader, step by step: every one may be repeated after any failure and then goes on where it
 * was. What was not confirmed is looked up before it is tried again. Blocking.
 */
final class MemberChanges {
    private static final Duration STEP = ClusterCalls.STEP;
    /** Who is behind by no more has caught up. */
    private static final long CLOSE_ENTRIES = 100;

    private final ClusterCalls calls;
    private final Duration patience;
    private final Consumer<String> progress;
    private final EntrySkipping skips;

    /** A node that has just joined a cluster closes its port for a moment. */
    private static final Duration JOIN = Duration.ofSeconds(5);

    MemberChanges(ClusterCalls calls, Duration patience, Consumer<String> progress) {
        this.calls = calls;
        this.patience = patience;
        this.progress = progress;
        this.skips = new EntrySkipping(calls, progress);
    }

    private JsonNode leader(ShardId shard) {
        return calls.leader(shard, calls.deadline());
    }

    /** Hands leadership to the voter on a node. */
    JsonNode transferLeadership(ShardId shard, NodeId node) {
        JsonNode leader = leader(shard);
        Peer target = member(leader, node)
                .orElseThrow(
                        () -> new AdminException("UNKNOWN_PEER", "node " + node + " is no member of shard " + shard));
        if (leader.path("self").asText().equals(target.id().toString())) {
            return leader;
        }
        Duration timeout = ClusterCalls.ofOneCall(patience);
        ObjectNode arguments = ClusterCalls.none()
                .put("shard", shard.value())
                .put("target", target.id().toString())
                .put("timeoutMillis", timeout.toMillis());
        try {
            return calls.call(leader.path("address").asText(), "leader.transfer", arguments, timeout.plus(STEP));
        } catch (AdminException e) {
            boolean leadsNow = calls.statusOf(shard, target.address())
                    .filter(status -> status.path("leads").asBoolean())
                    .isPresent();
            if (leadsNow) {
                return ClusterCalls.none().put("leader", target.id().toString());
            }
            throw e;
        }
    }

    private static Optional<Peer> member(JsonNode leader, NodeId node) {
        return ClusterCalls.members(leader).stream()
                .filter(peer -> peer.id().node().equals(node))
                .findFirst();
    }

    /**
     * Adds the node at an address to a shard: the node joins the cluster if it has not, is brought up to date without being counted
     * anywhere, and votes once it has caught up.
     *
     * @param vote false to leave it an observer
     */
    void add(ShardId shard, String address, boolean vote) {
        long deadline = calls.deadline();
        Peer peer = introduce(address, deadline);
        JsonNode leader = leader(shard);
        Optional<Peer> present = member(leader, peer.id().node());
        if (present.isPresent() && !present.get().id().equals(peer.id())) {
            throw new AdminException(
                    NodeOperations.EARLIER_LIFE,
                    "node " + peer.id().node() + " is a member of shard " + shard + " as "
                            + present.get().id() + ", an earlier life of its disk, and is " + peer.id()
                            + " now; take the earlier one out first with 'quorate peers remove'");
        }
        if (present.isPresent() && !present.get().address().equals(peer.address())) {
            // Ratis keeps the address of an id, and takes a configuration of the same ids for the same configuration
            throw new AdminException(
                    "MOVED",
                    "node " + peer.id().node() + " is a member of shard " + shard + " at "
                            + present.get().address() + ", where the others look for it, and is at " + peer.address()
                            + " now; give it its former address, or take it out with 'quorate peers remove " + shard
                            + " "
                            + peer.id().node() + "' and add it again with an empty data directory, as another peer");
        }
        ShardDescriptor descriptor = descriptorOf(leader);
        // before it can apply anything; also where it is a member by an earlier call that was broken off
        skips.tell(descriptor, peer, deadline);
        if (present.isPresent() && present.get().role() == Role.VOTER) {
            noteMembers(shard, deadline);
            return;
        }
        // who has just become part of the cluster goes from waiting to serving: its port is closed in between
        calls.eventually(
                deadline,
                "node " + peer.id().node() + " at " + address,
                () -> calls.call(
                        address,
                        "shard.open",
                        DescriptorJson.opening(descriptor, false),
                        ClusterCalls.remaining(deadline)));
        progress.accept(peer.id().node() + " receives the shard" + (vote ? ", and votes once it has caught up" : ""));
        putPeer(descriptor, peer.withRole(vote ? Role.VOTER : Role.OBSERVER), deadline);
        awaitCaughtUp(shard, peer, deadline);
        if (!vote) {
            reopen(shard, peer, Role.OBSERVER, deadline);
        }
        noteMembers(shard, deadline);
        // once more: a skip that was decided while the leader brought it up to date did not ask this peer
        skips.tell(descriptor, peer, deadline);
    }

    /** Makes an observer of a shard a voter, once it has caught up. */
    void promote(ShardId shard, NodeId node) {
        long deadline = calls.deadline();
        JsonNode leader = leader(shard);
        Peer peer = member(leader, node)
                .orElseThrow(
                        () -> new AdminException("UNKNOWN_PEER", "node " + node + " is no member of shard " + shard));
        awaitCaughtUp(shard, peer, deadline);
        putPeer(descriptorOf(leader), peer.withRole(Role.VOTER), deadline);
        reopen(shard, peer, Role.VOTER, deadline);
        noteMembers(shard, deadline);
    }

    /**
     * Opens the shard anew on a node that learned its role by a change of configuration: Ratis leaves a division that began as
     * an observer in its starting state, in which it neither votes nor takes snapshots, until it is opened again.
     */
    private void reopen(ShardId shard, Peer peer, Role role, long deadline) {
        calls.eventually(deadline, peer.id().node() + " to learn that it is " + role, () -> {
            boolean knows = calls.statusOf(shard, peer.address())
                    .filter(status -> ClusterCalls.members(status).contains(peer.withRole(role)))
                    .isPresent();
            if (!knows) {
                throw new AdminException("BEHIND", peer.id().node() + " does not know yet that it is " + role);
            }
            return ClusterCalls.none();
        });
        calls.call(peer.address(), "shard.reopen", ClusterCalls.none().put("shard", shard.value()), patience);
    }

    private Peer introduce(String address, long deadline) {
        ClusterId cluster = ClusterId.parse(calls.cluster());
        ObjectNode join = ClusterCalls.none().put("cluster", cluster.toString());
        long soon = Math.min(deadline, System.nanoTime() + JOIN.toNanos());
        JsonNode hello =
                calls.eventually(soon, "node at " + address, () -> calls.call(address, "cluster.join", join, STEP));
        Peer peer = new Peer(
                PeerId.parse(hello.path("peer").asText()), hello.path("address").asText(), Role.VOTER);
        calls.eventually(deadline, "node at " + address, () -> {
            JsonNode now = calls.call(address, "status", ClusterCalls.none(), STEP);
            return calls.call(now.path("address").asText(), "hello", ClusterCalls.none(), STEP);
        });
        calls.register(peer, hello, deadline);
        return peer;
    }

    private static ShardDescriptor descriptorOf(JsonNode leaderStatus) {
        return DescriptorJson.readDescriptor(leaderStatus.path("descriptor"));
    }

    /** The leader lets nobody in who was not told of all entries that it knows to be skipped. */
    private void putPeer(ShardDescriptor descriptor, Peer peer, long deadline) {
        ShardId shard = descriptor.shard();
        calls.eventually(deadline, "'peer.put' on the leader of " + shard, () -> {
            ObjectNode arguments = ClusterCalls.none().put("shard", shard.value());
            arguments.putArray("told");
            skips.tell(descriptor, peer, deadline)
                    .forEach(lsn -> arguments.withArray("/told").add(lsn.value()));
            arguments.set("peer", DescriptorJson.write(peer));
            JsonNode leader = calls.findLeader(shard, List.of());
            long millis = Math.max(
                    1, ClusterCalls.ofOneCall(ClusterCalls.remaining(deadline)).toMillis());
            arguments.put("timeoutMillis", millis);
            String address = leader.path("address").asText();
            return calls.watched(
                    () -> calls.call(address, "peer.put", arguments, Duration.ofMillis(millis)),
                    () -> calls.statusOf(shard, address).ifPresent(now -> tellProgress(shard, peer, now)));
        });
    }

    /** Returns how many entries a peer is behind. */
    private long tellProgress(ShardId shard, Peer peer, JsonNode leader) {
        long committed = leader.path("committedIndex").asLong();
        long applied = calls.statusOf(shard, peer.address())
                .map(status -> status.path("appliedIndex").asLong(-1))
                .orElse(-1L);
        progress.accept(peer.id().node() + " has applied " + applied + " of " + committed);
        return committed - applied;
    }

    private void awaitCaughtUp(ShardId shard, Peer peer, long deadline) {
        calls.eventually(deadline, peer.id().node() + " to catch up", () -> {
            long behind = tellProgress(shard, peer, leader(shard));
            if (behind > CLOSE_ENTRIES) {
                throw new AdminException("BEHIND", peer.id().node() + " is " + behind + " entries behind");
            }
            return ClusterCalls.none();
        });
    }

    private void noteMembers(ShardId shard, long deadline) {
        JsonNode leader = leader(shard);
        ObjectNode arguments = ClusterCalls.none()
                .put("shard", shard.value())
                .put("generation", leader.path("generation").asLong());
        arguments.set("peers", leader.path("peers"));
        calls.onLeader(MetadataShard.ID, "shards.members", arguments, deadline);
    }

    /**
     * Removes a node from a shard. Leadership leaves it first; refused if the voters that remain and can be reached are no
     * majority.
     */
    void remove(ShardId shard, NodeId node) {
        long deadline = calls.deadline();
        JsonNode leader = leader(shard);
        Optional<Peer> leaving = member(leader, node);
        // before anything changes: that there is no such node is a refusal
        String address = addressOf(node, leaving, deadline)
                .orElseThrow(() -> new AdminException("UNKNOWN_PEER", "the cluster has no node " + node));
        if (leaving.isPresent()) {
            List<Peer> staying = ClusterCalls.members(leader).stream()
                    .filter(peer -> peer.role().votes() && !peer.id().node().equals(node))
                    .toList();
            checkQuorum(shard, staying);
            if (leader.path("self").asText().equals(leaving.get().id().toString())) {
                Peer heir = heir(shard, staying);
                progress.accept(
                        "leadership of " + shard + " goes to " + heir.id().node());
                transferLeadership(shard, heir.id().node());
            }
            ObjectNode arguments = ClusterCalls.none()
                    .put("shard", shard.value())
                    .put("peer", leaving.get().id().toString());
            calls.onLeader(shard, "peer.remove", arguments, deadline);
        } else {
            progress.accept("node " + node + " is no member of shard " + shard);
        }
        // also where it is no member (any more): a removal that was broken off before this goes on here
        noteMembers(shard, deadline);
        forget(descriptorOf(leader), node, address);
    }

    /** Of the voters that answer, the one that has applied most. */
    private Peer heir(ShardId shard, List<Peer> staying) {
        Peer best = staying.get(0);
        long most = -1;
        for (Peer peer : staying) {
            long applied = calls.statusOf(shard, peer.address())
                    .map(status -> status.path("appliedIndex").asLong(-1))
                    .orElse(-1L);
            if (applied > most) {
                best = peer;
                most = applied;
            }
        }
        return best;
    }

    private Optional<String> addressOf(NodeId node, Optional<Peer> member, long deadline) {
        if (member.isPresent()) {
            return member.map(Peer::address);
        }
        JsonNode answer = calls.onLeader(MetadataShard.ID, "nodes.list", ClusterCalls.none(), deadline);
        for (JsonNode known : answer.path("nodes")) {
            if (PeerId.parse(known.path("peer").asText()).node().equals(node)) {
                return Optional.of(known.path("address").asText());
            }
        }
        return Optional.empty();
    }

    private void checkQuorum(ShardId shard, List<Peer> staying) {
        long alive = staying.stream()
                .filter(peer -> calls.statusOf(shard, peer.address()).isPresent())
                .count();
        if (staying.isEmpty() || alive < VoterSets.majority(staying.size())) {
            throw new AdminException(
                    "QUORUM_WOULD_BE_LOST",
                    "shard " + shard + " would have " + staying.size()
                            + (staying.size() == 1 ? " voter, of which " : " voters, of which ") + alive
                            + " can be reached, and needs "
                            + VoterSets.majority(Math.max(1, staying.size())) + "; add or restart nodes first");
        }
    }

    private void forget(ShardDescriptor shard, NodeId node, String address) {
        try {
            calls.call(address, "shard.close", DescriptorJson.write(shard), STEP);
        } catch (AdminException e) {
            progress.accept(
                    "the data of shard " + shard.shard() + " on " + node + " was not deleted: " + e.getMessage());
        }
    }
}
