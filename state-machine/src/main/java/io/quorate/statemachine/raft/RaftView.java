package io.quorate.statemachine.raft;

import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.topology.quorum.VoterSets;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.LifeCycle;

/**
 * What Ratis knows of one group on this node, in our words. Every call looks anew: of a group that was closed meanwhile nothing is
 * known, and it does not lead; where there is no such answer a {@link GroupClosedException} says so.
 */
final class RaftView implements GroupView {
    private final Supplier<RaftServer> server;
    private final RaftGroupId group;
    private final LongSupplier truncations;
    /** Of the configuration that was seen last: every answer to a client names the members, and they hardly ever change. */
    private volatile Optional<Known> known = Optional.empty();

    private volatile Optional<PeerId> self = Optional.empty();

    private record Known(RaftConfiguration configuration, Map<RaftPeerId, Peer> peers, Optional<Members> members) {}

    /** @param truncations of the log, as {@link io.quorate.statemachine.raft.sync.LogDirectorySync#truncations} */
    RaftView(Supplier<RaftServer> server, RaftGroupId group, LongSupplier truncations) {
        this.server = server;
        this.group = group;
        this.truncations = truncations;
    }

    /**
     * Empty once the group is closed or removed, and while it is being opened. A division that closed itself stays in the server's
     * list.
     */
    Optional<RaftServer.Division> open() {
        try {
            RaftServer.Division division = server.get().getDivision(group);
            division.getRaftLog(); // Ratis has no other sign of a group that it has not opened yet
            return Optional.of(division).filter(known -> known.getInfo().getLifeCycleState() != LifeCycle.State.CLOSED);
        } catch (IOException | IllegalStateException notOpen) {
            return Optional.empty(); // no such group, the server is closed, or no log yet: there is no other reason
        }
    }

    /** True unless the group is closed, or is being closed, which may take for ever where the application hangs. */
    boolean staysOpen() {
        return open().filter(division -> !division.getInfo().getLifeCycleState().isClosingOrClosed())
                .isPresent();
    }

    /** @throws GroupClosedException if it is closed or removed */
    RaftServer.Division division() {
        return open().orElseThrow(() -> new GroupClosedException(group));
    }

    @Override
    public PeerId self() {
        if (self.isEmpty()) {
            self = Optional.of(PeerId.parse(server.get().getId().toString()));
        }
        return self.get();
    }

    @Override
    public long term() {
        return division().getInfo().getCurrentTerm();
    }

    @Override
    public boolean leads() {
        return open().map(division -> division.getInfo().isLeader()).orElse(false);
    }

    /** Whether this replica can be elected, as far as Ratis knows; once it has heard of its leader since it was let in. */
    PeerCalls.Running running() {
        try {
            LifeCycle.State state = server.get().getDivision(group).getInfo().getLifeCycleState();
            if (state.isClosingOrClosed() || state == LifeCycle.State.EXCEPTION) {
                return PeerCalls.Running.WILL_NOT;
            }
            return state.isRunning() ? PeerCalls.Running.RUNS : PeerCalls.Running.STARTING;
        } catch (IOException removed) {
            return PeerCalls.Running.WILL_NOT;
        }
    }

    /** False while this replica leads but has not yet applied what earlier leaders committed. */
    boolean mayAppend() {
        return open().map(division -> division.getInfo().isLeaderReady()
                        || !division.getInfo().isLeader())
                .orElse(true);
    }

    /** True if this replica leads and a peer has answered it within a time: Ratis' connections to it work. */
    boolean hears(PeerId peer, Duration within) {
        return open().filter(division -> division.getInfo().isLeader())
                .map(division -> division.getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList().stream()
                        .anyMatch(follower ->
                                follower.getId().getId().toStringUtf8().equals(peer.toString())
                                        && follower.getLastRpcElapsedTimeMs() < within.toMillis()))
                .orElse(false);
    }

    RaftLog log() {
        return division().getRaftLog();
    }

    @Override
    public long committedIndex() {
        return log().getLastCommittedIndex();
    }

    @Override
    public long termAt(long index) {
        TermIndex found = index < 0 ? null : log().getTermIndex(index);
        return found == null ? -1 : found.getTerm();
    }

    /** As {@link #termAt}, but {@link PeerCalls#PURGED} for what lies behind a durable checkpoint and in the log no more. */
    long termAtOrPurged(long index) {
        long term = termAt(index);
        return term == -1 && index >= 0 && index < log().getStartIndex() ? PeerCalls.PURGED : term;
    }

    @Override
    public PeerCalls.LogState logState(long index) {
        long before = truncations.getAsLong();
        long flushed = log().getFlushIndex();
        long termAtIndex = termAtOrPurged(index);
        boolean truncated = before < 0 || truncations.getAsLong() != before;
        return new PeerCalls.LogState(term(), truncated ? -1 : flushed, termAtIndex);
    }

    @Override
    public Optional<Peer> leader() {
        return open().flatMap(division -> Optional.ofNullable(division.getInfo().getLeaderId())
                .map(known(division).peers()::get));
    }

    List<Peer> peers() {
        return open().map(division -> List.copyOf(known(division).peers().values()))
                .orElse(List.of());
    }

    /** Ratis does not change a configuration, but puts another one in its place. */
    private Known known(RaftServer.Division division) {
        RaftConfiguration latest = division.getRaftConf();
        Optional<Known> last = known;
        if (last.isPresent() && last.get().configuration() == latest) {
            return last.get();
        }
        Known read = read(latest);
        known = Optional.of(read);
        return read;
    }

    private static Known read(RaftConfiguration configuration) {
        Map<RaftPeerId, Peer> peers = new LinkedHashMap<>();
        configuration
                .getAllPeers(RaftPeerRole.FOLLOWER)
                .forEach(peer -> peers.put(peer.getId(), toPeer(peer, Role.VOTER)));
        configuration
                .getAllPeers(RaftPeerRole.LISTENER)
                .forEach(peer -> peers.put(peer.getId(), toPeer(peer, Role.OBSERVER)));
        Collection<RaftPeer> previous = configuration.getPreviousPeers();
        Set<PeerId> current = ids(configuration.getCurrentPeers());
        if (current.isEmpty()) { // waits for the leader to add it
            return new Known(configuration, Collections.unmodifiableMap(peers), Optional.empty());
        }
        VoterSets<PeerId> voters = new VoterSets<>(current, previous == null ? Set.of() : ids(previous));
        Map<PeerId, Peer> byId = peers.values().stream().collect(Collectors.toMap(Peer::id, peer -> peer));
        return new Known(configuration, Collections.unmodifiableMap(peers), Optional.of(new Members(voters, byId)));
    }

    /** False while a change of members is under way, or the group is closed. */
    boolean isConfigurationCommitted() {
        return open().filter(division -> {
                    RaftConfiguration latest = division.getRaftConf();
                    return latest.getPreviousPeers().isEmpty()
                            && latest.getLogEntryIndex()
                                    <= division.getRaftLog().getLastCommittedIndex();
                })
                .isPresent();
    }

    @Override
    public Members members() {
        return known(division())
                .members()
                .orElseThrow(() -> new IllegalStateException("nobody has told " + self() + " the members of " + group));
    }

    private static Set<PeerId> ids(Collection<RaftPeer> peers) {
        return peers.stream().map(peer -> PeerId.parse(peer.getId().toString())).collect(Collectors.toSet());
    }

    private static Peer toPeer(RaftPeer peer, Role role) {
        return new Peer(PeerId.parse(peer.getId().toString()), peer.getAddress(), role);
    }

    static RaftPeer toRaftPeer(Peer peer) {
        return RaftPeer.newBuilder()
                .setId(peer.id().toString())
                .setAddress(peer.address())
                .setStartupRole(peer.role().votes() ? RaftPeerRole.FOLLOWER : RaftPeerRole.LISTENER)
                .build();
    }
}
