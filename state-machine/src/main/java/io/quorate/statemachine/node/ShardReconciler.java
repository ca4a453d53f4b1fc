package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.quorum.VoterSets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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

    ShardReconciler(AdminClient nodes) {
        this.nodes = nodes;
        this.skips = new SkipReconciler(nodes, SKIP_QUESTION, System::nanoTime);
    }

    /** One pass over all records. */
    void reconcile(MetadataShard metadata) {
        skips.reconcile(metadata);
        for (ObjectNode document : metadata.list("shard/").values()) {
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
    }

    private static boolean isComplete(ShardRecord record) {
        return record.state() == ShardRecord.State.ACTIVE
                && record.done().size() >= record.descriptor().peers().size();
    }

    private void advance(MetadataShard metadata, ShardRecord record, ObjectNode document) {
        Set<NodeId> done = new TreeSet<>(record.done());
        for (Peer peer : record.descriptor().peers()) {
            if (!done.contains(peer.id().node()) && step(record, peer)) {
                done.add(peer.id().node());
            }
        }
        ShardRecord.State next = nextState(record, done);
        if (next != record.state() || !done.equals(record.done())) {
            metadata.replace(
                    record.key(),
                    Optional.of(document),
                    Optional.of(record.with(next, done).write()));
            log.info("shard {} is {} on {}", record.descriptor().shard(), next, done);
        }
    }

    private boolean step(ShardRecord record, Peer peer) {
        try {
            if (record.state() == ShardRecord.State.REMOVING) {
                ObjectNode arguments = DescriptorJson.object()
                        .put("shard", record.descriptor().shard().value())
                        .put("generation", record.descriptor().generation().value());
                nodes.call(peer.address(), "shard.close", arguments, STEP_TIMEOUT);
            } else {
                // once a majority has founded it, its members may be others by now: who comes late joins
                boolean found = record.state() == ShardRecord.State.CREATING;
                ObjectNode arguments = DescriptorJson.opening(record.descriptor(), found);
                nodes.call(peer.address(), "shard.open", arguments, STEP_TIMEOUT);
            }
            return true;
        } catch (AdminException e) {
            log.warn(
                    "shard {} on node {}: {}",
                    record.descriptor().shard(),
                    peer.id().node(),
                    e.getMessage());
            return false;
        }
    }

    private static ShardRecord.State nextState(ShardRecord record, Set<NodeId> done) {
        int members = record.descriptor().peers().size();
        if (record.state() == ShardRecord.State.CREATING && done.size() >= VoterSets.majority(members)) {
            return ShardRecord.State.ACTIVE;
        }
        if (record.state() == ShardRecord.State.REMOVING && done.size() >= members) {
            return ShardRecord.State.REMOVED;
        }
        return record.state();
    }
}
