package io.quorate.statemachine.raft;

import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.util.ProtoUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Campaigns at once when the leader's process has ended, instead of after the election timeout. An election is safe at any time;
 * that the process has ended (a broken connection, and the next one refused) makes it worth while. Voters take turns in the
 * order of their ids, so that they do not split the vote; if it comes to nothing, the election timeout is still there.
 *
 * <p>Source: the request is the one by which a leader names its successor (Raft thesis, 3.10, TimeoutNow).
 */
final class Succession {
    private static final Logger log = LoggerFactory.getLogger(Succession.class);
    /** Between two voters: an election takes a few fsyncs and round trips. */
    private static final long TURN_MILLIS = 150;

    private final Supplier<RaftServer> server;
    private final RaftGroupId group;
    private final RaftView view;
    private final ReplicaHealth health;
    private final NodeExecutors executors;

    Succession(
            Supplier<RaftServer> server,
            RaftGroupId group,
            RaftView view,
            ReplicaHealth health,
            NodeExecutors executors) {
        this.server = server;
        this.group = group;
        this.view = view;
        this.health = health;
        this.executors = executors;
    }

    /** Called by any thread; does not block. */
    void nodeGone(String address) {
        try {
            executors.workers().execute(() -> takeTurn(address));
        } catch (RejectedExecutionException closed) {
            log.debug("[{}] the host is closed", group, closed);
        }
    }

    private void takeTurn(String address) {
        Optional<Peer> dead = view.leader().filter(leader -> leader.address().equals(address));
        if (dead.isEmpty() || health.problem().isPresent()) {
            return;
        }
        PeerId leader = dead.get().id();
        List<PeerId> voters = view.peers().stream()
                .filter(peer -> peer.role().votes())
                .map(Peer::id)
                .filter(id -> !id.equals(leader))
                .sorted(Comparator.comparing(PeerId::toString))
                .toList();
        int turn = voters.indexOf(view.self());
        if (turn >= 0) {
            executors
                    .scheduler()
                    .schedule(
                            () -> executors.workers().execute(() -> campaign(leader)),
                            turn * TURN_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
    }

    /** Unless there is another leader, or this replica has heard of a later term. */
    private void campaign(PeerId leader) {
        boolean still = view.leader().map(Peer::id).filter(leader::equals).isPresent();
        if (!still || health.problem().isPresent()) {
            return;
        }
        TermIndex last = view.log().getLastEntryTermIndex();
        if (last == null) {
            return;
        }
        log.info("[{}] the leader {} has ended; campaigning", view.self(), leader);
        StartLeaderElectionRequestProto request = StartLeaderElectionRequestProto.newBuilder()
                .setServerRequest(RaftRpcRequestProto.newBuilder()
                        .setRequestorId(RaftPeerId.valueOf(leader.toString()).toByteString())
                        .setReplyId(RaftPeerId.valueOf(view.self().toString()).toByteString())
                        .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(group)))
                .setLeaderLastEntry(last.toProto())
                .build();
        try {
            server.get().startLeaderElection(request);
        } catch (IOException e) {
            log.warn("[{}] cannot campaign; the election timeout will tell", view.self(), e);
        }
    }
}
