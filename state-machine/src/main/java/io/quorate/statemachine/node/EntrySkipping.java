package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Lsn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Skips an entry that the application cannot apply, on all replicas or on none. In order: the metadata notes the question; every
 * member promises, durably, to do nothing with the entry, or says that it applied it; the metadata decides or withdraws; the
 * metadata's leader tells every member until it knows; every member makes a checkpoint behind the entry, so that a later member
 * begins behind it. May be repeated after any failure and goes on where it was. Blocking.
 */
final class EntrySkipping {
    private static final Duration STEP = Duration.ofSeconds(20);

    /** A member that does not answer for this long is taken to be away. */
    private static final Duration ASKED_FOR = Duration.ofSeconds(8);

    private final ClusterCalls calls;
    private final Consumer<String> progress;

    EntrySkipping(ClusterCalls calls, Consumer<String> progress) {
        this.calls = calls;
        this.progress = progress;
    }

    JsonNode skip(ShardId shard, Lsn lsn, long deadline) {
        ObjectNode arguments = ClusterCalls.none().put("shard", shard.value()).put("lsn", lsn.value());
        SkipRecord record = SkipRecord.read(calls.onLeader(MetadataShard.ID, "skips.propose", arguments, deadline));
        if (record.state() == SkipRecord.State.PROPOSED) {
            record = conclude(record, deadline);
        }
        awaitSettled(record, deadline);
        checkpointBehind(record, deadline);
        return record.write();
    }

    private SkipRecord conclude(SkipRecord record, long deadline) {
        List<String> refusals = new ArrayList<>();
        Map<String, JsonNode> parked = new TreeMap<>();
        for (Peer peer : record.shard().peers()) {
            try {
                JsonNode held = calls.eventually(
                        Math.min(deadline, System.nanoTime() + ASKED_FOR.toNanos()),
                        "hold of entry " + record.lsn() + " on " + peer.id().node(),
                        () -> calls.call(peer.address(), "entry.hold", record.call(), STEP));
                progress.accept(peer.id().node() + " holds entry " + record.lsn());
                if (held.path("parkedLsn").asLong() == record.lsn().value()) {
                    parked.put(peer.id().toString(), held);
                }
                checkMembers(record, held, refusals);
            } catch (AdminException e) {
                refusals.add(peer.id() + " " + e.getMessage());
            }
        }
        checkOneEntry(record, parked, refusals);
        ObjectNode arguments = ClusterCalls.none();
        arguments.set("record", record.write());
        arguments.put("state", (refusals.isEmpty() ? SkipRecord.State.DECIDED : SkipRecord.State.WITHDRAWN).name());
        parked.values().stream().findFirst().ifPresent(first -> arguments.set("checksum", first.path("checksum")));
        SkipRecord concluded = SkipRecord.read(calls.onLeader(MetadataShard.ID, "skips.conclude", arguments, deadline));
        if (concluded.state() == SkipRecord.State.WITHDRAWN) {
            throw new AdminException(
                    "REFUSED",
                    "entry " + record.lsn() + " of shard " + record.shard().shard() + " was not skipped: "
                            + String.join("; ", refusals)
                            + ". Where some replicas have applied it, rebuild those that cannot: peers remove, wipe, peers add");
        }
        return concluded;
    }

    private static void checkMembers(SkipRecord record, JsonNode held, List<String> refusals) {
        Set<Peer> known = new HashSet<>(record.shard().peers());
        for (Peer member : ClusterCalls.members(held)) {
            if (known.stream().noneMatch(peer -> peer.id().equals(member.id()))) {
                refusals.add(member.id() + " is a member that the metadata does not know of yet; try again");
            }
        }
    }

    private static void checkOneEntry(SkipRecord record, Map<String, JsonNode> parked, List<String> refusals) {
        if (refusals.isEmpty() && parked.isEmpty()) {
            refusals.add("no replica is parked at entry " + record.lsn() + " by its application");
        }
        long different = parked.values().stream()
                .map(held -> held.path("checksum").asInt())
                .distinct()
                .count();
        if (different > 1) {
            refusals.add("replicas have different entries at this lsn: " + parked);
        }
    }

    /** The metadata's leader tells the members; this waits for it. */
    private void awaitSettled(SkipRecord record, long deadline) {
        ObjectNode arguments = ClusterCalls.none()
                .put("shard", record.shard().shard().value())
                .put("generation", record.shard().generation().value());
        calls.eventually(deadline, "all members to know of entry " + record.lsn(), () -> {
            for (JsonNode skip : calls.onLeader(MetadataShard.ID, "skips.list", arguments, deadline)
                    .path("skips")) {
                SkipRecord now = SkipRecord.read(skip);
                if (now.lsn().equals(record.lsn()) && !now.isSettled()) {
                    throw new AdminException("BEHIND", "of entry " + record.lsn() + " know so far: " + now.done());
                }
            }
            return ClusterCalls.none();
        });
    }

    private void checkpointBehind(SkipRecord record, long deadline) {
        ShardId shard = record.shard().shard();
        for (Peer peer : ClusterCalls.members(calls.leader(shard, deadline))) {
            calls.eventually(deadline, peer.id().node() + " behind entry " + record.lsn(), () -> {
                long applied = calls.statusOf(shard, peer.address())
                        .map(status -> status.path("appliedLsn").asLong())
                        .orElse(-1L);
                if (applied < record.lsn().value()) {
                    throw new AdminException(
                            "BEHIND", peer.id().node() + " has applied up to lsn " + applied + " only");
                }
                return ClusterCalls.none();
            });
            calls.call(peer.address(), "checkpoint", ClusterCalls.none().put("shard", shard.value()), STEP);
            progress.accept(peer.id().node() + " goes on behind entry " + record.lsn());
        }
    }

    /** Tells a node that is about to become a member what was decided before. */
    void tell(ShardId shard, long generation, Peer newcomer, long deadline) {
        ObjectNode arguments = ClusterCalls.none().put("shard", shard.value()).put("generation", generation);
        for (JsonNode skip : calls.onLeader(MetadataShard.ID, "skips.list", arguments, deadline)
                .path("skips")) {
            SkipRecord record = SkipRecord.read(skip);
            if (record.state() == SkipRecord.State.PROPOSED) {
                throw new AdminException(
                        "REFUSED", "the skip of entry " + record.lsn() + " is not decided yet; finish it first");
            }
            if (record.state() == SkipRecord.State.DECIDED) {
                calls.call(newcomer.address(), "entry.settle", record.call(), STEP);
            }
        }
    }
}
