package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.raft.TlsFiles;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.ClusterId;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogSlice;
import io.quorate.wal.log.Lsn;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What an operator does with a cluster, over the network: every method may be repeated after any failure and then goes on where it
 * was. Blocking; failures are {@link AdminException}s by name. API: stable.
 */
public final class ClusterAdmin implements AutoCloseable {
    private static final Duration STEP = ClusterCalls.STEP;

    private final ClusterCalls calls;
    private final MemberChanges members;
    private final List<String> seeds;
    private final Duration patience;
    private final Consumer<String> progress;

    /**
     * @param seeds addresses of nodes, at least one
     * @param patience how long a method may take in all
     * @param progress hears what is being done, a line at a time
     */
    public ClusterAdmin(List<String> seeds, Optional<TlsFiles> tls, Duration patience, Consumer<String> progress) {
        this(seeds, tls, patience, patience, progress);
    }

    /**
     * @param reach how long a method may try, at most, where no node at all answers: it ends with {@code NO_NODE} then. {@link #init}
     *     waits for its nodes all the same
     */
    public ClusterAdmin(
            List<String> seeds, Optional<TlsFiles> tls, Duration patience, Duration reach, Consumer<String> progress) {
        if (seeds.isEmpty()) {
            throw new IllegalArgumentException("no address of a node");
        }
        seeds.forEach(Peer::checkAddress);
        this.seeds = List.copyOf(seeds);
        this.calls = new ClusterCalls(this.seeds, tls, patience, reach, progress);
        this.members = new MemberChanges(calls, patience, progress);
        this.patience = patience;
        this.progress = progress;
    }

    /**
     * Makes one cluster of all the nodes at the seed addresses and founds the metadata shard on the first {@code voters}.
     *
     * @throws AdminException {@code FOUNDED} if one of them is part of a cluster that others have founded
     */
    public ClusterId init(int voters) {
        return new ClusterFounding(calls, seeds, progress).found(voters);
    }

    /**
     * What each node says of itself and of its shards: of all that the seeds, their shards and the cluster's metadata name. Nodes that
     * do not answer are there with an {@code error}.
     */
    public List<JsonNode> status() {
        return look().nodes();
    }

    /** The same, with what the cluster's metadata lists. */
    public ClusterLook look() {
        return calls.everybody();
    }

    /** Whether calls changed something so far, or may have: false where nothing that changes was sent, or all of it was refused. */
    public boolean mayHaveChanged() {
        return calls.mayHaveChanged();
    }

    /**
     * A shard with its members, by the first that knows it.
     *
     * @throws AdminException {@code UNKNOWN_SHARD} if the cluster has none of this name; the message says which there are
     */
    public ShardDescriptor find(ShardId shard) {
        return DescriptorJson.readDescriptor(
                calls.eventually(calls.deadline(), "shard " + shard, () -> calls.descriptor(shard)));
    }

    /** Nodes registered in the cluster: {@code peer}, {@code address}. */
    public JsonNode nodes() {
        return calls.onLeader(MetadataShard.ID, "nodes.list", ClusterCalls.none(), calls.deadline());
    }

    /**
     * A node that could be removed as far as the metadata knows; changes nothing.
     *
     * @return its {@code peer} and {@code address}; {@code state} is {@code REMOVED} if it was removed already
     * @throws AdminException {@code UNKNOWN_NODE} if the cluster never had it, {@code STILL_MEMBER} if a shard has it
     */
    public JsonNode removableNode(NodeId node) {
        return new NodeRemoval(calls, progress).look(node, calls.deadline());
    }

    /**
     * Removes a node from the cluster, for good: this life of its disk never comes back. A removed node is not asked for anything any
     * more, and where it had its part in the removal of a shard, that counts as done.
     *
     * @throws AdminException {@code UNKNOWN_NODE}; {@code STILL_MEMBER}, also by the word of a shard's leader; {@code ALIVE} if it
     *     answers and serves what no shard needs; {@code NO_LEADER} if a shard has none, so that its members cannot be seen
     */
    public JsonNode removeNode(NodeId node) {
        return new NodeRemoval(calls, progress).remove(node, calls.deadline());
    }

    /** Shards of the cluster, with their states. */
    public JsonNode shards() {
        return calls.onLeader(MetadataShard.ID, "shards.list", ClusterCalls.none(), calls.deadline());
    }

    /**
     * Creates a shard and waits until it has a leader.
     *
     * @param nodes where; empty lets the cluster choose {@code replicas} nodes
     * @return the shard's record; its {@code state} is {@code ACTIVE} if it existed before, and then nothing was changed
     */
    public JsonNode createShard(ShardId shard, String application, List<NodeId> nodes, int replicas) {
        long deadline = calls.deadline();
        ObjectNode arguments = ClusterCalls.none()
                .put("shard", shard.value())
                .put("application", application)
                .put("replicas", replicas);
        arguments.putArray("nodes");
        nodes.forEach(node -> arguments.withArray("/nodes").add(node.value()));
        JsonNode created = calls.onLeader(MetadataShard.ID, "shards.create", arguments, deadline);
        boolean exists = created.path("state").asText().equals(ShardRecord.State.ACTIVE.name());
        progress.accept("shard " + shard + (exists ? " exists already" : " is being created"));
        Shard found = new Shard(DescriptorJson.readDescriptor(created.path("descriptor")));
        JsonNode leader = calls.eventually(deadline, "leader of shard " + shard, () -> found.leader());
        boolean unused = leader.path("appliedLsn").asLong() == 0;
        if (!exists || unused) { // what serves already is raised by who says so: there is no way back
            beginAtNewestVersion(shard);
        }
        return created;
    }

    /** The log begins with the oldest version that its members may have; where all answer, it goes on with the newest. */
    private void beginAtNewestVersion(ShardId shard) {
        JsonNode survey = surveyVersions(shard);
        boolean older = !survey.path("newest").equals(survey.path("versions"));
        if (older && survey.path("silent").isEmpty()) {
            upgradeShard(shard, OptionalInt.empty(), false);
        } else if (older) {
            progress.accept(
                    "shard " + shard + " begins with an older version, since not all of its members answer yet; "
                            + "raise it with 'quorate shards upgrade'");
        }
    }

    /** What the members of a shard can apply, what its log is at and the newest that all of them have; asked by its leader. */
    public JsonNode surveyVersions(ShardId shard) {
        ObjectNode arguments = ClusterCalls.none().put("shard", shard.value());
        return calls.onLeader(shard, "versions.survey", arguments, calls.deadline());
    }

    /**
     * Raises the version of the apply function by which a shard's entries are applied, and its feature level; refused while a
     * member does not have it or does not answer.
     *
     * @param applyVersion empty: the newest that all members have
     * @param dryRun true only to hear who stands against it
     */
    public JsonNode upgradeShard(ShardId shard, OptionalInt applyVersion, boolean dryRun) {
        ObjectNode arguments = ClusterCalls.none().put("shard", shard.value()).put("dryRun", dryRun);
        applyVersion.ifPresent(version -> arguments.put("applyVersion", version));
        return calls.onLeader(shard, "versions.raise", arguments, calls.deadline());
    }

    /**
     * Makes all replicas of a shard skip an entry that their application cannot apply: it keeps its LSN, its answer is {@link
     * io.quorate.wal.log.ApplyResult#SKIPPED}, the state does not change. Refused if a member applied it, or cannot be asked; no
     * answer or a passed deadline leaves the entry held, and the call is to be repeated.
     */
    public JsonNode skipEntry(ShardId shard, Lsn lsn) {
        return skipEntry(shard, lsn, Set.of());
    }

    /**
     * The same where members are lost for good. If one of them applied the entry and acknowledged that, it is lost all the same.
     *
     * @param givenUp those of these nodes that do not answer need not agree, if the others are a majority of the voters; they are
     *     taken out of the shard
     */
    public JsonNode skipEntry(ShardId shard, Lsn lsn, Set<NodeId> givenUp) {
        return new EntrySkipping(calls, progress).skip(shard, lsn, givenUp, members::remove, calls.deadline());
    }

    /**
     * Entries of a shard of any application, as they lie in its leader's log; see {@link io.quorate.wal.log.ReplicatedLog#tail}.
     * {@code TRUNCATED} if they are not kept any more: the message names the first that is.
     *
     * @param wait at most 10 seconds
     */
    public LogSlice tail(ShardId shard, Lsn from, Duration wait) {
        ObjectNode arguments = ClusterCalls.none()
                .put("shard", shard.value())
                .put("from", from.value())
                .put("waitMillis", wait.toMillis());
        return TailOperations.read(calls.onLeader(shard, "log.tail", arguments, calls.deadline()));
    }

    /** Removes a shard with its data and waits until it is gone. */
    public void removeShard(ShardId shard) {
        long deadline = calls.deadline();
        calls.onLeader(MetadataShard.ID, "shards.remove", ClusterCalls.none().put("shard", shard.value()), deadline);
        calls.eventually(deadline, "removal of shard " + shard, () -> {
            for (JsonNode record : shards().path("shards")) {
                if (record.path("descriptor").path("shard").asText().equals(shard.value())) {
                    throw new AdminException("REMOVING", stillThere(ShardRecord.read((ObjectNode) record)));
                }
            }
            return ClusterCalls.none();
        });
    }

    private static String stillThere(ShardRecord record) {
        List<String> waiting = record.descriptor().peers().stream()
                .map(peer -> peer.id().node())
                .filter(node -> !record.done().contains(node))
                .map(NodeId::value)
                .toList();
        return "shard " + record.descriptor().shard() + " is being removed, and " + String.join(", ", waiting)
                + " still must delete it; start what is down. A node that never comes back is removed from the cluster with"
                + " 'quorate nodes remove NODE', and the removal of the shard is done then";
    }

    /** A shard's leader as seen by itself, with its members: the status of the shard on the leader's node. */
    public JsonNode leader(ShardId shard) {
        return calls.leader(shard, calls.deadline());
    }

    /**
     * Hands leadership to the voter on a node.
     *
     * @throws AdminException INDETERMINATE if it may still come about: see {@link #leader}
     */
    public JsonNode transferLeadership(ShardId shard, NodeId node) {
        return members.transferLeadership(shard, node);
    }

    /**
     * Adds the node at an address to a shard: the node joins the cluster if it has not, is brought up to date without being counted
     * anywhere, and votes once it has caught up.
     *
     * @param vote false to leave it an observer
     */
    public void addPeer(ShardId shard, String address, boolean vote) {
        members.add(shard, address, vote);
    }

    /** Makes an observer of a shard a voter, once it has caught up. */
    public void promotePeer(ShardId shard, NodeId node) {
        members.promote(shard, node);
    }

    /**
     * Removes a node from a shard. Leadership leaves it first; refused if the voters that remain and can be reached are no
     * majority.
     */
    public void removePeer(ShardId shard, NodeId node) {
        members.remove(shard, node);
    }

    /** A shard whose members are known. */
    private final class Shard {
        private final ShardDescriptor descriptor;

        Shard(ShardDescriptor descriptor) {
            this.descriptor = descriptor;
        }

        JsonNode leader() {
            Set<String> addresses = new TreeSet<>();
            descriptor.peers().forEach(peer -> addresses.add(peer.address()));
            return calls.findLeader(descriptor.shard(), addresses);
        }
    }

    /** Makes a checkpoint on every member that can be reached; LSN by node. */
    public Map<String, JsonNode> checkpoint(ShardId shard) {
        return onEachMember(shard, "checkpoint");
    }

    /** State digests of every member that can be reached, by node. */
    public Map<String, JsonNode> digests(ShardId shard) {
        return onEachMember(shard, "digest");
    }

    private Map<String, JsonNode> onEachMember(ShardId shard, String operation) {
        Map<String, JsonNode> answers = new TreeMap<>();
        for (Peer peer : ClusterCalls.members(leader(shard))) {
            JsonNode answer;
            try {
                answer = calls.call(
                        peer.address(), operation, ClusterCalls.none().put("shard", shard.value()), patience);
            } catch (AdminException e) {
                answer = ClusterCalls.none().put("error", e.getMessage());
            }
            answers.put(peer.id().node().value(), answer);
        }
        return answers;
    }

    /** Asks the replica on one node, whoever leads, once it has applied an LSN. */
    public Bytes queryNode(String address, ShardId shard, Bytes query, Lsn atLeast) {
        Duration timeout = ClusterCalls.ofOneCall(patience);
        ObjectNode arguments = ClusterCalls.none()
                .put("shard", shard.value())
                .put("query", Base64.getEncoder().encodeToString(query.toArray()))
                .put("atLeastLsn", atLeast.value())
                .put("timeoutMillis", timeout.toMillis());
        JsonNode answer = calls.call(address, "query", arguments, timeout.plus(STEP));
        return Bytes.wrap(Base64.getDecoder().decode(answer.path("answer").asText()));
    }

    @Override
    public void close() {
        calls.close();
    }
}
