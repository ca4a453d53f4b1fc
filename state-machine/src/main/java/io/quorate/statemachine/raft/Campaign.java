package io.quorate.statemachine.raft;

import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import java.io.IOException;
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
 * An election that is begun at once, without a pre-vote, which those who have just heard the leader would refuse.
 *
 * <p>Source: the request is the one by which a leader names its successor (Raft thesis, 3.10, TimeoutNow).
 */
final class Campaign {
    private static final Logger log = LoggerFactory.getLogger(Campaign.class);

    private final Supplier<RaftServer> server;
    private final RaftGroupId group;
    private final RaftView view;
    private final ReplicaHealth health;

    Campaign(Supplier<RaftServer> server, RaftGroupId group, RaftView view, ReplicaHealth health) {
        this.server = server;
        this.group = group;
        this.view = view;
        this.health = health;
    }

    /**
     * Campaigns against a leader that has ended, unless there is another one, or this replica has heard of a later term, or must not
     * lead. Waits for the disk.
     */
    void against(PeerId leader) {
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
