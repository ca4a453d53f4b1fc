package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.quorum.VoterSets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what the records of the metadata shard ask for, on its leader: gather, one step, note it, again. Every step may be
 * repeated, so that a new leader just goes on. One thread at a time.
 */
final class ShardReconciler {
    private static final Logger log = LoggerFactory.getLogger(ShardReconciler.class);
    private static final Duration STEP_TIMEOUT = Duration.ofSeconds(10);

    private final AdminClient nodes;

    ShardReconciler(AdminClient nodes) {
        this.nodes = nodes;
    }

    /** One pass over all records. */
    void reconcile(MetadataShard metadata) {
        settleSkips(metadata);
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

    /** Tells members what was decided on entries, and notes who knows. */
    private void settleSkips(MetadataShard metadata) {
        for (ObjectNode document : metadata.list(SkipRecord.PREFIX).values()) {
            SkipRecord record = SkipRecord.read(document);
            if (record.state() == SkipRecord.State.PROPOSED || record.isSettled()) {
                continue;
            }
            Set<String> done = new TreeSet<>(record.done());
            Set<PeerId> members = membersNow(metadata, record.shard());
            for (Peer peer : record.shard().peers()) {
                boolean gone = !members.contains(peer.id());
                if (!done.contains(peer.id().toString()) && (gone || settle(record, peer))) {
                    done.add(peer.id().toString());
                }
            }
            if (!done.equals(record.done())) {
                metadata.replace(
                        record.key(),
                        Optional.of(document),
                        Optional.of(record.withDone(done).write()));
            }
        }
    }

    /** Members of a shard in the same life, none if that is over: who is none any more needs to know nothing. */
    private static Set<PeerId> membersNow(MetadataShard metadata, ShardDescriptor asked) {
        return metadata.get(ShardRecord.key(asked.shard().value()))
                .map(ShardRecord::read)
                .filter(record -> record.state() == ShardRecord.State.ACTIVE)
                .map(ShardRecord::descriptor)
                .filter(now -> now.generation().equals(asked.generation()))
                .map(now -> now.peers().stream().map(Peer::id).collect(Collectors.toSet()))
                .orElse(Set.of());
    }

    private boolean settle(SkipRecord record, Peer peer) {
        try {
            nodes.call(peer.address(), "entry.settle", record.call(), STEP_TIMEOUT);
            return true;
        } catch (AdminException e) {
            log.warn(
                    "shard {}: node {} does not know yet that entry {} is {}: {}",
                    record.shard().shard(),
                    peer.id().node(),
                    record.lsn(),
                    record.state(),
                    e.getMessage());
            return false;
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
