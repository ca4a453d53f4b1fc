package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.Generation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.topology.quorum.VoterSets;
import io.quorate.wal.log.Lsn;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Skips an entry that the application cannot apply, on all replicas or on none. In order: one replica at least is parked at it by its
 * application; the metadata notes the question; every member promises, durably, to do nothing with the entry, or says that it applied
 * it; the metadata decides or withdraws; the metadata's leader tells every member until it knows; every member makes a checkpoint
 * behind the entry, so that a later member begins behind it. Members are those of the metadata and all that any of them has in its
 * configuration. May be repeated after any failure and goes on where it was. Blocking.
 *
 * <p>A member that is dead can promise nothing, and cannot be removed before: where all others are parked nobody leads. So an operator
 * may give it up by name. The others must be a majority then; the first that their next leader does is to take it out of the shard. If
 * it comes back before that, and had applied the entry, its state differs until it is told, which is at once, and parks it for good.
 */
final class EntrySkipping {
    private static final Duration STEP = Duration.ofSeconds(20);

    /** A member that does not answer for this long is taken to be away. */
    private static final Duration ASKED_FOR = Duration.ofSeconds(8);

    /** Errors of a member that is not there; at the address of a disk that is gone may be a later life of its node. */
    private static final Set<String> SILENT =
            Set.of(AdminClient.UNREACHABLE, AdminClient.NO_ANSWER, NodeOperations.EARLIER_LIFE);

    private final ClusterCalls calls;
    private final Consumer<String> progress;

    EntrySkipping(ClusterCalls calls, Consumer<String> progress) {
        this.calls = calls;
        this.progress = progress;
    }

    /**
     * Skips.
     *
     * @param givenUp nodes that need not promise anything if they do not answer
     * @param removal takes a node out of a shard
     */
    JsonNode skip(ShardId shard, Lsn lsn, Set<NodeId> givenUp, BiConsumer<ShardId, NodeId> removal, long deadline) {
        ObjectNode arguments = ClusterCalls.none().put("shard", shard.value()).put("lsn", lsn.value());
        JsonNode look = calls.onLeader(MetadataShard.ID, "skips.look", arguments, deadline);
        if (!look.path("underWay").asBoolean()) {
            checkParked(DescriptorJson.readDescriptor(look.path("descriptor")), lsn);
        }
        SkipRecord record = SkipRecord.read(calls.onLeader(MetadataShard.ID, "skips.propose", arguments, deadline));
        if (record.state() == SkipRecord.State.PROPOSED) {
            record = conclude(record, givenUp, deadline);
        }
        takeOutLost(record, removal, deadline);
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

    /** What the members said. */
    private static final class Answers {
        private final Map<PeerId, Peer> asked = new LinkedHashMap<>();
        /** Roles by the word of those that answered. */
        private final Map<PeerId, Peer> configured = new LinkedHashMap<>();

        private final Map<String, JsonNode> parked = new TreeMap<>();
        private final List<String> refusals = new ArrayList<>();
        private final Set<PeerId> lost = new TreeSet<>();
        private final Set<NodeId> silent = new TreeSet<>();

        /** Without a majority that goes on nobody could take out those that are lost. */
        void checkMajority() {
            List<PeerId> voters = configured.values().stream()
                    .filter(peer -> peer.role().votes())
                    .map(Peer::id)
                    .toList();
            long going = voters.stream().filter(voter -> !lost.contains(voter)).count();
            if (!lost.isEmpty() && going < VoterSets.majority(voters.size())) {
                refusals.add("without " + lost + " only " + going + " of " + voters.size()
                        + " voters are left, which is no majority");
            }
        }

        void checkMembers(Set<NodeId> givenUp) {
            Set<NodeId> strangers = new TreeSet<>(givenUp);
            asked.keySet().forEach(peer -> strangers.remove(peer.node()));
            strangers.forEach(node -> refusals.add(node + " is no member, so nothing is to be done without it"));
        }
    }

    private SkipRecord conclude(SkipRecord record, Set<NodeId> givenUp, long deadline) {
        Answers answers = askAll(record, givenUp, deadline);
        answers.checkMembers(givenUp);
        answers.checkMajority();
        checkOneEntry(record, answers.parked, answers.refusals);
        Set<String> lost = answers.lost.stream().map(PeerId::toString).collect(Collectors.toSet());
        boolean decided = answers.refusals.isEmpty();
        ObjectNode arguments = ClusterCalls.none();
        arguments.set(
                "record",
                record.withPeers(answers.asked.values()).withLost(lost).write());
        arguments.put("state", (decided ? SkipRecord.State.DECIDED : SkipRecord.State.WITHDRAWN).name());
        answers.parked.values().stream()
                .findFirst()
                .ifPresent(first -> arguments.set("checksum", first.path("checksum")));
        SkipRecord concluded = SkipRecord.read(calls.onLeader(MetadataShard.ID, "skips.conclude", arguments, deadline));
        if (concluded.state() == SkipRecord.State.WITHDRAWN) {
            throw withdrawn(concluded, answers);
        }
        return concluded;
    }

    private Answers askAll(SkipRecord record, Set<NodeId> givenUp, long deadline) {
        Answers answers = new Answers();
        Deque<Peer> toAsk = new ArrayDeque<>(record.shard().peers());
        while (!toAsk.isEmpty()) {
            Peer peer = toAsk.poll();
            if (answers.asked.putIfAbsent(peer.id(), peer) != null) {
                continue;
            }
            try {
                JsonNode held = hold(record, peer, deadline);
                if (isParkedByApplication(held, record.lsn())) {
                    answers.parked.put(peer.id().toString(), held);
                }
                // also who was let in by a change of members that was broken off, and that the metadata does not know
                for (Peer member : ClusterCalls.members(held)) {
                    answers.configured.put(member.id(), member);
                    toAsk.add(member);
                }
            } catch (AdminException e) {
                NodeId node = peer.id().node();
                boolean silent = SILENT.contains(e.error());
                if (silent && givenUp.contains(node)) {
                    answers.lost.add(peer.id());
                    progress.accept(node + " is given up: " + e.getMessage());
                } else {
                    answers.refusals.add(peer.id() + " " + e.getMessage());
                    if (silent) {
                        answers.silent.add(node);
                    }
                }
            }
        }
        return answers;
    }

    /** The first that the shard does when it goes on; see above for who comes back before that. */
    private void takeOutLost(SkipRecord record, BiConsumer<ShardId, NodeId> removal, long deadline) {
        ShardId shard = record.shard().shard();
        for (Peer lost : record.lostPeers()) {
            boolean member = ClusterCalls.members(calls.leader(shard, deadline)).stream()
                    .anyMatch(peer -> peer.id().equals(lost.id()));
            if (member) { // not a later life of its disk that was added since
                removal.accept(shard, lost.id().node());
                progress.accept(lost.id() + " is no member of " + shard + " any more");
            }
        }
    }

    private JsonNode hold(SkipRecord record, Peer peer, long deadline) {
        JsonNode held = calls.eventually(
                Math.min(deadline, System.nanoTime() + ASKED_FOR.toNanos()),
                "hold of entry " + record.lsn() + " on " + peer.id().node(),
                () -> calls.call(peer.address(), "entry.hold", record.call(peer.id()), STEP));
        progress.accept(peer.id().node() + " holds entry " + record.lsn());
        return held;
    }

    private static AdminException withdrawn(SkipRecord record, Answers answers) {
        String why = answers.refusals.isEmpty()
                ? "the question was open for so long that it was withdrawn; try again"
                : String.join("; ", answers.refusals)
                        + ". Where some replicas have applied it, rebuild those that cannot: peers remove, wipe, peers add"
                        + answers.silent.stream()
                                .map(node ->
                                        ". Start " + node + "; or, if it never comes back with its disk, repeat with"
                                                + " '--without " + node + "'")
                                .collect(Collectors.joining());
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
                calls.call(member.address(), "entry.settle", record.call(member.id()), STEP);
                told.add(record.lsn());
            }
        }
        return told;
    }
}
