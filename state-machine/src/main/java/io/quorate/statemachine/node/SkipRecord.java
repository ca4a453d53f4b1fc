package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.raft.EntryMark;
import io.quorate.topology.Generation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Lsn;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The skip of one entry, in the metadata: the one place that decides it, by compare-and-set.
 *
 * @param shard descriptor of the shard in the life of which it is; its peers are the members that must agree, and be told
 * @param lsn the entry
 * @param attempt number of the question, from 1
 * @param state how far it has come
 * @param checksum of the entry; 0 before it is decided
 * @param done members that have learned the outcome
 * @param lost members that promised nothing, since an operator gave them up: they are taken out of the shard before anything else
 */
record SkipRecord(
        ShardDescriptor shard, Lsn lsn, int attempt, State state, int checksum, Set<String> done, Set<String> lost) {
    /** Life of a skip in the metadata. */
    enum State {
        /** Members are being asked to hold the entry. */
        PROPOSED,
        /** All of them hold it, but for those that are lost, and none applied it: it is skipped, for ever. */
        DECIDED,
        /** Somebody applied it, or not all could be asked: it is applied as ever. */
        WITHDRAWN
    }

    static final String PREFIX = "skip/";

    SkipRecord {
        done = Set.copyOf(done);
        lost = Set.copyOf(lost);
    }

    /** The first question on an entry, or the next. */
    static SkipRecord proposed(ShardDescriptor shard, Lsn lsn, int attempt) {
        return new SkipRecord(shard, lsn, attempt, State.PROPOSED, 0, Set.of(), Set.of());
    }

    static String prefix(ShardId shard, Generation generation) {
        return PREFIX + shard + "/" + generation + "/";
    }

    static String key(ShardDescriptor shard, Lsn lsn) {
        return prefix(shard.shard(), shard.generation()) + lsn;
    }

    String key() {
        return key(shard, lsn);
    }

    UUID group() {
        return shard.groupId();
    }

    SkipRecord with(State newState, int newChecksum) {
        return new SkipRecord(shard, lsn, attempt, newState, newChecksum, Set.of(), lost);
    }

    SkipRecord withDone(Set<String> newDone) {
        return new SkipRecord(shard, lsn, attempt, state, checksum, newDone, lost);
    }

    SkipRecord withLost(Set<String> newLost) {
        return new SkipRecord(shard, lsn, attempt, state, checksum, done, newLost);
    }

    /** The same with other members to ask, or to tell; of two lives of a node the later in the order. */
    SkipRecord withPeers(Collection<Peer> peers) {
        Map<NodeId, Peer> byNode = new TreeMap<>();
        peers.forEach(peer -> byNode.put(peer.id().node(), peer));
        return new SkipRecord(shard.withPeers(List.copyOf(byNode.values())), lsn, attempt, state, checksum, done, lost);
    }

    /** True once every member has learned the outcome. */
    boolean isSettled() {
        return shard.peers().stream().map(Peer::id).allMatch(peer -> done.contains(peer.toString()));
    }

    /** Members that were given up. */
    List<Peer> lostPeers() {
        return shard.peers().stream()
                .filter(peer -> lost.contains(peer.id().toString()))
                .toList();
    }

    /** The same as {@link #call()}, for one life of a node's disk only. */
    ObjectNode call(PeerId peer) {
        return call().put("peer", peer.toString());
    }

    /** Arguments of {@code entry.hold} and {@code entry.settle}. */
    ObjectNode call() {
        EntryMark.State mark =
                switch (state) {
                    case PROPOSED -> EntryMark.State.HELD;
                    case DECIDED -> EntryMark.State.SKIPPED;
                    case WITHDRAWN -> EntryMark.State.RELEASED;
                };
        return DescriptorJson.object()
                .put("group", group().toString())
                .put("lsn", lsn.value())
                .put("attempt", attempt)
                .put("state", mark.name())
                .put("checksum", checksum);
    }

    static EntryMark readMark(JsonNode call) {
        return DescriptorJson.parse(() -> new EntryMark(
                new Lsn(call.path("lsn").asLong()),
                call.path("attempt").asInt(),
                EntryMark.State.valueOf(DescriptorJson.text(call, "state")),
                call.path("checksum").asInt()));
    }

    ObjectNode write() {
        ObjectNode node = DescriptorJson.object();
        node.set("descriptor", DescriptorJson.write(shard));
        node.put("lsn", lsn.value());
        node.put("attempt", attempt);
        node.put("state", state.name());
        node.put("checksum", checksum);
        node.putArray("done");
        new TreeSet<>(done).forEach(node.withArray("/done")::add);
        node.putArray("lost");
        new TreeSet<>(lost).forEach(node.withArray("/lost")::add);
        return node;
    }

    static SkipRecord read(JsonNode node) {
        return DescriptorJson.parse(() -> new SkipRecord(
                DescriptorJson.readDescriptor(node.path("descriptor")),
                new Lsn(node.path("lsn").asLong()),
                node.path("attempt").asInt(),
                State.valueOf(DescriptorJson.text(node, "state")),
                node.path("checksum").asInt(),
                texts(node.path("done")),
                texts(node.path("lost"))));
    }

    private static Set<String> texts(JsonNode list) {
        Set<String> texts = new TreeSet<>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
