package io.quorate.statemachine.raft;

import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.topology.quorum.VoterSets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A group of which this replica leads term 1 and has everything on its disk, as far as a test does not say otherwise. */
final class TestGroup implements GroupView {
    static final PeerId SELF = id("a");

    private final Map<PeerId, Peer> addresses = new TreeMap<>();
    private volatile VoterSets<PeerId> voters;
    /** Thrown by every look at the log. */
    private volatile RuntimeException closed;

    private volatile Peer leader = peer("a");

    TestGroup(String... names) {
        become(names);
    }

    static PeerId id(String name) {
        return new PeerId(new NodeId(name), new Incarnation(1));
    }

    static Peer peer(String name) {
        return new Peer(id(name), "127.0.0.1:1", Role.VOTER);
    }

    /** Another one leads. */
    void follow(String name) {
        leader = peer(name);
    }

    /** This replica has not heard of a leader. */
    void followNobody() {
        leader = null;
    }

    /** Other voters, all with an address. */
    void become(String... names) {
        addresses.clear();
        Arrays.stream(names)
                .map(TestGroup::id)
                .forEach(id -> addresses.put(id, new Peer(id, "127.0.0.1:1", Role.VOTER)));
        voters = VoterSets.of(new HashSet<>(addresses.keySet()));
    }

    /** A voter in the configuration that is being left, whose address is gone. */
    void leave(String name) {
        Set<PeerId> previous = new HashSet<>(voters.current());
        previous.add(id(name));
        voters = new VoterSets<>(voters.current(), previous);
    }

    void close(RuntimeException why) {
        closed = why;
    }

    @Override
    public PeerId self() {
        return SELF;
    }

    @Override
    public boolean leads() {
        return leader != null && leader.id().equals(SELF);
    }

    @Override
    public Optional<Peer> leader() {
        return Optional.ofNullable(leader);
    }

    @Override
    public long term() {
        return 1;
    }

    @Override
    public long committedIndex() {
        return 1000;
    }

    @Override
    public long termAt(long index) {
        return 1;
    }

    @Override
    public Members members() {
        return new Members(voters, addresses);
    }

    @Override
    public PeerCalls.LogState logState(long index) {
        if (closed != null) {
            throw closed;
        }
        return new PeerCalls.LogState(1, 1000, 1);
    }
}
