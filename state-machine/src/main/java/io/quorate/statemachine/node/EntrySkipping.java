package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.Generation;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Lsn;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Skips an entry that the application cannot apply, on all replicas or on none. In order: one replica at least is parked at it by its
 * application; the metadata notes the question; every member promises, durably, to do nothing with the entry, or says that it applied
 * it; the metadata decides or withdraws; the metadata's leader tells every member until it knows; every member makes a checkpoint
 * behind the entry, so that a later member begins behind it. Members are those of the metadata and all that any of them has in its
 * configuration. May be repeated after any failure and goes on where it was. Blocking.
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
        JsonNode look = calls.onLeader(MetadataShard.ID, "skips.look", arguments, deadline);
        if (!look.path("underWay").asBoolean()) {
            checkParked(DescriptorJson.readDescriptor(look.path("descriptor")), lsn);
        }
        SkipRecord record = SkipRecord.read(calls.onLeader(MetadataShard.ID, "skips.propose", arguments, deadline));
        if (record.state() == SkipRecord.State.PROPOSED) {
            record = conclude(record, deadline);
        }
        awaitSettled(record, deadline);
        checkpointBehind(record, deadline);
        return record.write();
    }

    private List<SkipRecord> list(ShardId shard, Generation generation, long deadline) {
        ObjectNode arguments = ClusterCalls.none().put("shard", shard.value()).put("generation", generation.value());
        List<SkipRecord> skips = new ArrayList<>();
        calls.onLeader(MetadataShard.ID, "skips.list", arguments, deadline)
                .path("skips")
                .forEach(skip -> skips.add(SkipRecord.read(skip)));
        return skips;
    }

    /** A question holds the entry on all members: it is not asked for one at which nobody is parked, such as a mistyped one. */
    private void checkParked(ShardDescriptor shard, Lsn lsn) {
        List<String> others = new ArrayList<>();
        for (Peer peer : shard.peers()) {
            ObjectNode arguments =
                    ClusterCalls.none().put("group", shard.groupId().toString());
            try {
                JsonNode parked = calls.call(peer.address(), "entry.look", arguments, STEP);
                if (isParkedByApplication(parked, lsn)) {
                    return;
                }
                others.add(peer.id().node()
                        + (parked.has("parkedLsn")
                                ? " is parked at entry "
                                        + parked.path("parkedLsn").asLong() + ": "
                                        + parked.path("cause").asText()
                                : " is not parked by its application"));
            } catch (AdminException e) {
                others.add(e.getMessage());
            }
        }
        throw new AdminException("REFUSED", nobodyParked(shard.shard(), lsn) + ": " + String.join("; ", others));
    }

    private static boolean isParkedByApplication(JsonNode parked, Lsn lsn) {
        return parked.path("parkedLsn").asLong() == lsn.value()
                && !parked.path("held").asBoolean();
    }

    private static String nobodyParked(ShardId shard, Lsn lsn) {
        return "no replica is parked at entry " + lsn + " of shard " + shard + " by its application";
    }

    private SkipRecord conclude(SkipRecord record, long deadline) {
        Map<PeerId, Peer> asked = new LinkedHashMap<>();
        Deque<Peer> toAsk = new ArrayDeque<>(record.shard().peers());
        List<String> refusals = new ArrayList<>();
        Map<String, JsonNode> parked = new TreeMap<>();
        while (!toAsk.isEmpty()) {
            Peer peer = toAsk.poll();
            if (asked.putIfAbsent(peer.id(), peer) != null) {
                continue;
            }
            try {
                JsonNode held = hold(record, peer, deadline);
                if (isParkedByApplication(held, record.lsn())) {
                    parked.put(peer.id().toString(), held);
                }
                // also who was let in by a change of members that was broken off, and that the metadata does not know
                toAsk.addAll(ClusterCalls.members(held));
            } catch (AdminException e) {
                refusals.add(peer.id() + " " + e.getMessage());
            }
        }
        checkOneEntry(record, parked, refusals);
        ObjectNode arguments = ClusterCalls.none();
        arguments.set("record", record.withPeers(asked.values()).write());
        arguments.put("state", (refusals.isEmpty() ? SkipRecord.State.DECIDED : SkipRecord.State.WITHDRAWN).name());
        parked.values().stream().findFirst().ifPresent(first -> arguments.set("checksum", first.path("checksum")));
        SkipRecord concluded = SkipRecord.read(calls.onLeader(MetadataShard.ID, "skips.conclude", arguments, deadline));
        if (concluded.state() == SkipRecord.State.WITHDRAWN) {
            throw withdrawn(concluded, refusals);
        }
        return concluded;
    }

    private JsonNode hold(SkipRecord record, Peer peer, long deadline) {
        JsonNode held = calls.eventually(
                Math.min(deadline, System.nanoTime() + ASKED_FOR.toNanos()),
                "hold of entry " + record.lsn() + " on " + peer.id().node(),
                () -> calls.call(peer.address(), "entry.hold", record.call(), STEP));
        progress.accept(peer.id().node() + " holds entry " + record.lsn());
        return held;
    }

    private static AdminException withdrawn(SkipRecord record, List<String> refusals) {
        String why = refusals.isEmpty()
                ? "the question was open for so long that it was withdrawn; try again"
                : String.join("; ", refusals)
                        + ". Where some replicas have applied it, rebuild those that cannot: peers remove, wipe, peers add";
        return new AdminException(
                "REFUSED",
                "entry " + record.lsn() + " of shard " + record.shard().shard() + " was not skipped: " + why);
    }

    private static void checkOneEntry(SkipRecord record, Map<String, JsonNode> parked, List<String> refusals) {
        if (refusals.isEmpty() && parked.isEmpty()) {
            refusals.add(nobodyParked(record.shard().shard(), record.lsn())
                    + "; it was held since an earlier question: try again in a moment");
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
        ShardDescriptor shard = record.shard();
        calls.eventually(deadline, "all members to know of entry " + record.lsn(), () -> {
            for (SkipRecord now : list(shard.shard(), shard.generation(), deadline)) {
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

    /**
     * Tells a node, a member or one that is about to become one, what was decided so far, and answers with the entries that are skipped.
     *
     * @throws AdminException {@code DIVERGED} if it applied one of them: it is parked then; {@code REFUSED} if a question is open
     */
    List<Lsn> tell(ShardDescriptor shard, Peer member, long deadline) {
        List<Lsn> told = new ArrayList<>();
        for (SkipRecord record : list(shard.shard(), shard.generation(), deadline)) {
            if (record.state() == SkipRecord.State.PROPOSED) {
                throw new AdminException(
                        "REFUSED",
                        "the skip of entry " + record.lsn() + " of shard " + shard.shard()
                                + " is not decided yet; finish it first with 'quorate shards skip'");
            }
            if (record.state() == SkipRecord.State.DECIDED) {
                calls.call(member.address(), "entry.settle", record.call(), STEP);
                told.add(record.lsn());
            }
        }
        return told;
    }
}
