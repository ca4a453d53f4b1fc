package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardId;
import io.quorate.topology.quorum.VoterSets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what the records of the metadata shard ask for, on its leader: gather, one step, note it, again. Every step may be
 * repeated, so that a new leader just goes on. One thread at a time.
 */
final class ShardReconciler {
    private static final Logger log = LoggerFactory.getLogger(ShardReconciler.class);
    private static final Duration STEP_TIMEOUT = Duration.ofSeconds(10);

    /** A question to all members takes seconds; what stays open for longer than this was given up. */
    private static final Duration SKIP_QUESTION = Duration.ofMinutes(5);

    private final AdminClient nodes;
    private final SkipReconciler skips;
    private final Complaints complaints = new Complaints();
    /** Nodes that did not answer in this pass: each costs its timeout once, not once for every shard. */
    private final Map<String, AdminException> silent = new HashMap<>();

    ShardReconciler(AdminClient nodes) {
        this.nodes = nodes;
        this.skips = new SkipReconciler(nodes, SKIP_QUESTION, System::nanoTime);
    }

    /** One pass over all records. */
    void reconcile(MetadataShard metadata) {
        skips.reconcile(metadata);
        silent.clear();
        for (ObjectNode document : metadata.list(ShardRecord.PREFIX).values()) {
            ShardRecord record = ShardRecord.read(document);
            if (record.state() == ShardRecord.State.REMOVED || isComplete(record)) {
                continue;
            }
            try {
                advance(metadata, record, document);
            } catch (AdminException e) {
                log.warn("shard {} stays {} for now: {}", record.descriptor().shard(), record.state(), e.getMessage());
            }
        }
        complaints.endPass();
    }

    private static boolean isComplete(ShardRecord record) {
        return record.state() == ShardRecord.State.ACTIVE && record.isDoneEverywhere();
    }

    private void advance(MetadataShard metadata, ShardRecord before, ObjectNode document) {
        ShardRecord record = withUnknownMembers(before);
        if (!record.equals(before)) { // noted before anything is deleted: afterwards nobody could name them
            metadata.replace(record.key(), Optional.of(document), Optional.of(record.write()));
            return;
        }
        Set<NodeId> done = new TreeSet<>(record.done());
        done.addAll(gone(metadata, record));
        for (Peer peer : record.descriptor().peers()) {
            if (!done.contains(peer.id().node()) && step(record, peer)) {
                done.add(peer.id().node());
            }
        }
        ShardRecord stepped = record.with(record.state(), done);
        ShardRecord next = stepped.with(nextState(stepped), done);
        if (!next.equals(before)) {
            metadata.replace(record.key(), Optional.of(document), Optional.of(next.write()));
            log.info("shard {} is {} on {}", record.descriptor().shard(), next.state(), done);
        }
    }

    /** Before anything of a shard is deleted: a change of members that was broken off may have let in whom the metadata does not know. */
    private ShardRecord withUnknownMembers(ShardRecord record) {
        if (record.state() != ShardRecord.State.REMOVING || !record.done().isEmpty()) {
            return record;
        }
        List<Peer> named = new ArrayList<>();
        for (Peer peer : record.descriptor().peers()) {
            replicaOf(record, peer).ifPresent(replica -> named.addAll(ClusterCalls.members(replica)));
        }
        return record.withMembers(named);
    }

    /** Who joins late votes for nobody before that, and is not there yet: were the leader to end now, there might be no majority. */
    private boolean hasHeardOfALeader(ShardRecord record, Peer peer) {
        return replicaOf(record, peer)
                .filter(replica -> replica.path("leader").isTextual())
                .isPresent();
    }

    private Optional<JsonNode> replicaOf(ShardRecord record, Peer peer) {
        UUID group = record.descriptor().groupId();
        for (JsonNode replica : statusOf(peer).path("shards")) {
            if (DescriptorJson.readDescriptor(replica.path("descriptor"))
                    .groupId()
                    .equals(group)) {
                return Optional.of(replica);
            }
        }
        return Optional.empty();
    }

    private JsonNode statusOf(Peer peer) {
        try {
            return call(peer.address(), "status", DescriptorJson.object());
        } catch (AdminException unreachable) {
            return DescriptorJson.object(); // said when it is asked to remove the shard
        }
    }

    private JsonNode call(String address, String operation, ObjectNode arguments) {
        AdminException before = silent.get(address);
        if (before != null) {
            throw before;
        }
        try {
            return nodes.call(address, operation, arguments, STEP_TIMEOUT);
        } catch (AdminException e) {
            if (e.error().equals(AdminClient.NO_ANSWER) || e.error().equals(AdminClient.UNREACHABLE)) {
                silent.put(address, e);
            }
            throw e;
        }
    }

    /** What nodes that were removed from the cluster keep of a shard that is being removed is nobody's any more. */
    private static Set<NodeId> gone(MetadataShard metadata, ShardRecord record) {
        Set<NodeId> gone = new TreeSet<>();
        if (record.state() == ShardRecord.State.REMOVING) {
            for (Peer peer : record.descriptor().peers()) {
                metadata.get(NodeRecord.key(peer.id().node()))
                        .map(NodeRecord::read)
                        .filter(node -> !node.isRegistered() || node.removed().contains(peer.id()))
                        .ifPresent(node -> gone.add(node.node()));
            }
        }
        return gone;
    }

    private boolean step(ShardRecord record, Peer peer) {
        try {
            if (record.state() == ShardRecord.State.REMOVING) {
                call(peer.address(), "shard.close", DescriptorJson.write(record.descriptor()));
            } else {
                // once a majority has founded it, its members may be others by now: who comes late joins
                boolean found = record.state() == ShardRecord.State.CREATING;
                ObjectNode arguments = DescriptorJson.opening(record.descriptor(), found)
                        .put("peer", peer.id().toString());
                call(peer.address(), "shard.open", arguments);
                return found || hasHeardOfALeader(record, peer);
            }
            return true;
        } catch (AdminException e) {
            ShardId shard = record.descriptor().shard();
            NodeId node = peer.id().node();
            if (complaints.isNew(shard + "@" + node, e.getMessage())) {
                log.warn("shard {} is {}, but not on node {} yet: {}", shard, record.state(), node, e.getMessage());
            }
            return false;
        }
    }

    private static ShardRecord.State nextState(ShardRecord record) {
        int majority = VoterSets.majority(record.descriptor().peers().size());
        if (record.state() == ShardRecord.State.CREATING && record.membersDone() >= majority) {
            return ShardRecord.State.ACTIVE;
        }
        if (record.state() == ShardRecord.State.REMOVING && record.isDoneEverywhere()) {
            return ShardRecord.State.REMOVED;
        }
        return record.state();
    }
}
