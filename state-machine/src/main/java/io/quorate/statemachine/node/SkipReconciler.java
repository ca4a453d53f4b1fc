package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.ShardDescriptor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metadata leader's part in skips of entries: tells the members what was decided until all know, also those that only another
 * member's configuration names; and withdraws questions that nobody concludes, so that no entry stays held for ever. One thread at a
 * time.
 */
final class SkipReconciler {
    private static final Logger log = LoggerFactory.getLogger(SkipReconciler.class);
    private static final Duration STEP_TIMEOUT = Duration.ofSeconds(10);

    private final AdminClient nodes;
    private final Duration openAtMost;
    private final LongSupplier nanoTime;

    /** When a question was first seen open here, by its key and attempt. */
    private final Map<String, Long> openSince = new HashMap<>();

    /** Of members that cannot be told. */
    private final Complaints complaints = new Complaints();

    /** @param openAtMost how long a question may stay open while this node leads the metadata */
    SkipReconciler(AdminClient nodes, Duration openAtMost, LongSupplier nanoTime) {
        this.nodes = nodes;
        this.openAtMost = openAtMost;
        this.nanoTime = nanoTime;
    }

    /** One pass over all records. */
    void reconcile(MetadataShard metadata) {
        Set<String> open = new HashSet<>();
        for (ObjectNode document : metadata.list(SkipRecord.PREFIX).values()) {
            SkipRecord record = SkipRecord.read(document);
            try {
                if (record.state() == SkipRecord.State.PROPOSED) {
                    open.add(question(record));
                    withdrawIfOld(metadata, record, document);
                } else if (!record.isSettled()) {
                    settle(metadata, record, document);
                }
            } catch (AdminException e) {
                log.warn("skip {} stays {} for now: {}", record.key(), record.state(), e.getMessage());
            }
        }
        openSince.keySet().retainAll(open);
        complaints.endPass();
    }

    private static String question(SkipRecord record) {
        return record.key() + "#" + record.attempt();
    }

    private void withdrawIfOld(MetadataShard metadata, SkipRecord record, ObjectNode document) {
        long now = nanoTime.getAsLong();
        long since = openSince.computeIfAbsent(question(record), first -> now);
        if (now - since > openAtMost.toNanos()) {
            SkipRecord withdrawn = record.with(SkipRecord.State.WITHDRAWN, 0);
            metadata.replace(record.key(), Optional.of(document), Optional.of(withdrawn.write()));
            log.warn(
                    "shard {}: the skip of entry {} was not concluded for {}: withdrawn",
                    record.shard().shard(),
                    record.lsn(),
                    openAtMost);
        }
    }

    private void settle(MetadataShard metadata, SkipRecord record, ObjectNode document) {
        Map<PeerId, Peer> members = membersNow(metadata, record.shard());
        Map<PeerId, Peer> all = new LinkedHashMap<>();
        record.shard().peers().forEach(peer -> all.put(peer.id(), peer));
        Set<String> done = new TreeSet<>(record.done());
        if (members.isEmpty()) { // the life of the shard is over: nobody needs to know any more
            all.keySet().forEach(id -> done.add(id.toString()));
        } else {
            all.putAll(members);
            tell(record, all, members.keySet(), done);
        }
        SkipRecord update = record.withPeers(all.values()).withDone(done);
        if (!update.equals(record)) {
            metadata.replace(record.key(), Optional.of(document), Optional.of(update.write()));
        }
    }

    /** Asks those that know, too, as long as one does not: whom they have in their configurations may be unknown to the metadata. */
    private void tell(SkipRecord record, Map<PeerId, Peer> all, Set<PeerId> members, Set<String> done) {
        Set<PeerId> named = new HashSet<>();
        Set<PeerId> told = new HashSet<>();
        Deque<Peer> toTell = new ArrayDeque<>(all.values());
        while (!toTell.isEmpty()) {
            Peer peer = toTell.poll();
            if (!told.add(peer.id())) {
                continue;
            }
            all.put(peer.id(), peer);
            settle(record, peer).ifPresent(answer -> {
                done.add(peer.id().toString());
                for (Peer member : ClusterCalls.members(answer)) {
                    named.add(member.id());
                    toTell.add(member);
                }
            });
        }
        for (PeerId id : all.keySet()) {
            if (!named.isEmpty() && !named.contains(id) && !members.contains(id)) {
                done.add(id.toString()); // no member any more
            }
        }
    }

    /** Members of a shard in the same life, none if that is over: who is none any more needs to know nothing. */
    private static Map<PeerId, Peer> membersNow(MetadataShard metadata, ShardDescriptor asked) {
        Map<PeerId, Peer> members = new LinkedHashMap<>();
        metadata.get(ShardRecord.key(asked.shard().value()))
                .map(ShardRecord::read)
                .filter(record -> record.state() == ShardRecord.State.ACTIVE)
                .map(ShardRecord::descriptor)
                .filter(now -> now.generation().equals(asked.generation()))
                .map(ShardDescriptor::peers)
                .orElse(List.of())
                .forEach(peer -> members.put(peer.id(), peer));
        return members;
    }

    /** Empty if the peer does not know yet. */
    private Optional<JsonNode> settle(SkipRecord record, Peer peer) {
        try {
            return Optional.of(nodes.call(peer.address(), "entry.settle", record.call(peer.id()), STEP_TIMEOUT));
        } catch (AdminException e) {
            if (e.error().equals(EntryOperations.DIVERGED)) {
                log.error(
                        "shard {}: node {} {}",
                        record.shard().shard(),
                        peer.id().node(),
                        e.getMessage());
                return Optional.of(DescriptorJson.object());
            }
            complain(record, peer, e);
            return Optional.empty();
        }
    }

    private void complain(SkipRecord record, Peer peer, AdminException failure) {
        if (complaints.isNew(question(record) + "@" + peer.id(), failure.getMessage())) {
            log.warn(
                    "shard {}: node {} does not know yet that entry {} is {}: {}",
                    record.shard().shard(),
                    peer.id().node(),
                    record.lsn(),
                    record.state(),
                    failure.getMessage());
        }
    }
}
