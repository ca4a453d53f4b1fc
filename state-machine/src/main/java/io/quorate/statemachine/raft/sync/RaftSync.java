package io.quorate.statemachine.raft.sync;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Withholds what a Ratis server says to its peers until the term and vote behind it are durable. One per server.
 *
 * <p>Two ways lead out of a server to its peers, and both are covered:
 *
 * <ul>
 *   <li><b>Replies</b> (votes, acknowledged entries, installed snapshots): {@link #install} puts an interceptor on the server's
 *       gRPC port, and each reply waits for {@link GroupSync#ensureVoteDurable}. So no candidate learns of a vote, and no leader of
 *       an acknowledgement, that a power loss could make this node forget.
 *   <li><b>Requests</b>: a leader's are covered because {@code notifyLeaderChanged} calls {@link GroupSync#leaderChanged}. Ratis calls it
 *       synchronously, under the division's lock, after the election is won and before the leader's first entry is appended or
 *       sent ({@code RaftServerImpl.changeToLeader}); if it throws, the leader is never started.
 * </ul>
 *
 * <p>Not covered, and why that is safe: a <b>candidate's vote requests</b> leave after its own vote is written and renamed, but
 * before the directory is synced (Ratis has no hook there, and its gRPC sender casts {@code RaftServerRpc} to a final class). Suppose
 * the power fails in that moment and the node forgets that it voted for itself in term T. Then it had not become leader of T
 * (the sync is part of becoming it), so nobody has seen an entry, heartbeat or answer from a leader of T on this node, and the
 * candidacy died with the process. It may vote once more in T; if that makes another node leader of T, that one is the only
 * leader of T that ever acted. Votes that others gave this node in T are durable at those others and are used up. A candidate's
 * higher term that others adopt is no promise of its own: terms may be skipped.
 *
 * <p>On the same way in, votes and appended entries of a group pass one after the other ({@link AppendGate}).
 *
 * <p>An embedder who registers the state machine in a server of their own gets all of this by calling {@link #install} on the
 * parameters of that server; without it the replies go out unsynced, as they do in plain Ratis, and a warning says so. Groups that nobody registered
 * (other state machines on the same server) are left alone.
 *
 * <p>Thread-safe.
 */
public final class RaftSync {
    private static final Logger log = LoggerFactory.getLogger(RaftSync.class);

    /** Empty for a group that was closed: replies of it may still be on their way, and nothing vouches for them any more. */
    private final Map<ByteString, Optional<GroupSync>> groups = new ConcurrentHashMap<>();

    private final Map<RaftGroupId, PeerMemory> memories = new ConcurrentHashMap<>();
    private final DirectorySync directorySync;
    private final SyncFailureListener failures;
    /** True once the interceptor is on a server's port. */
    private volatile boolean onPort;

    public RaftSync(SyncFailureListener failures) {
        this(DirectorySync.FSYNC, failures);
    }

    /** With a port in place of the fsync, for tests that watch, delay or fail it. */
    public RaftSync(DirectorySync directorySync, SyncFailureListener failures) {
        this.directorySync = Objects.requireNonNull(directorySync, "directorySync");
        this.failures = Objects.requireNonNull(failures, "failures");
    }

    /**
     * Puts the interceptor on the port of a server that is built with these parameters; a customizer already there is kept and
     * runs first.
     */
    public void install(Parameters parameters) {
        GrpcServices.Customizer previous = Optional.ofNullable(GrpcConfigKeys.Server.servicesCustomizer(parameters))
                .orElseGet(GrpcServices.Customizer::getDefaultInstance);
        GrpcConfigKeys.Server.setServicesCustomizer(parameters, (builder, types) -> {
            onPort = true;
            return previous.customize(builder, types).intercept(new ReplyGate(this::beforeRequest, this::beforeReply));
        });
    }

    /**
     * Votes, appended entries and parts of snapshots of a group of ours pass one after the other: see {@link AppendGate}.
     *
     * @throws SyncFailedException for a part of a snapshot that comes from an earlier leader: see {@link GroupSync#enterInstall}
     */
    Passage beforeRequest(Object message) {
        if (message instanceof InstallSnapshotRequestProto install) {
            return find(install.getServerRequest())
                    .map(group -> group.enterInstall(install.getLeaderTerm()))
                    .orElse(Passage.FREE);
        }
        RaftRpcRequestProto request;
        if (message instanceof AppendEntriesRequestProto append && append.getEntriesCount() > 0) {
            request = append.getServerRequest();
        } else if (message instanceof RequestVoteRequestProto vote && !vote.getPreVote()) {
            request = vote.getServerRequest();
        } else {
            return Passage.FREE;
        }
        return find(request).map(GroupSync::enter).orElse(Passage.FREE);
    }

    /** @return empty for one that is closed, or not ours */
    private Optional<GroupSync> find(RaftRpcRequestProto request) {
        Optional<GroupSync> group = groups.get(request.getRaftGroupId().getId());
        return group == null ? Optional.empty() : group;
    }

    /** What this peer promised in a group that it left and is about to join again; to be called before {@link #register}. */
    public void remember(RaftGroupId groupId, PeerMemory memory) {
        memories.put(groupId, memory);
    }

    /**
     * Takes charge of a group; what is on disk is made durable before it returns. To be called in {@code StateMachine.initialize},
     * before the group answers anybody. A group that is registered again (removed and added) replaces the former.
     *
     * @param install how an installed snapshot is made durable; empty if the state machine installs none through Ratis
     * @throws SyncFailedException if it cannot be made durable
     */
    public GroupSync register(RaftGroupId groupId, RaftStorage storage, Optional<SnapshotInstallSync> install) {
        if (!onPort) {
            log.warn(
                    "[{}] no server was built with what RaftSync.install was called on: votes and acknowledgements leave unsynced",
                    groupId);
        }
        Optional<PeerMemory> memory = Optional.ofNullable(memories.get(groupId));
        GroupSync group = new GroupSync(groupId, storage, directorySync, failures, install, memory);
        group.start();
        groups.put(groupId.toByteString(), Optional.of(group));
        return group;
    }

    /** Ends what {@link #register} began; the group must be closed. Replies of it are withheld until it is registered again. */
    public void unregister(RaftGroupId groupId) {
        groups.put(groupId.toByteString(), Optional.empty());
    }

    /** @throws SyncFailedException if the reply must not leave */
    void beforeReply(Object message) {
        if (message instanceof AppendEntriesReplyProto reply) {
            Optional<GroupSync> group = ensure(reply.getServerReply(), reply.getTerm());
            if (reply.getResult() == AppendResult.SUCCESS && !reply.getIsHearbeat()) {
                group.ifPresent(registered -> registered.beforeAcknowledging(reply.getMatchIndex()));
            }
        } else if (message instanceof RequestVoteReplyProto reply) {
            Optional<GroupSync> group = ensure(reply.getServerReply(), reply.getTerm());
            if (reply.getServerReply().getSuccess()) {
                group.ifPresent(GroupSync::beforeGranting);
            }
        } else if (message instanceof InstallSnapshotReplyProto reply) {
            ensure(reply.getServerReply(), reply.getTerm()).ifPresent(GroupSync::beforeInstallReply);
        } else if (message instanceof StartLeaderElectionReplyProto reply) {
            ensure(reply.getServerReply(), 0);
        } else if (message instanceof ReadIndexReplyProto reply) {
            ensure(reply.getServerReply(), 0);
        } else if (message instanceof MessageLite) {
            // No message between peers of Ratis 3.3.0: it waits for every group. Services of ours do not speak
            // protobuf.
            groups.values().forEach(group -> group.ifPresent(GroupSync::ensureVoteDurable));
        }
    }

    private Optional<GroupSync> ensure(RaftRpcReplyProto reply, long term) {
        Optional<GroupSync> group = groups.get(reply.getRaftGroupId().getId());
        if (group == null) {
            return Optional.empty(); // never registered: not ours
        }
        GroupSync open = group.orElseThrow(() ->
                new SyncFailedException("the group of this reply was closed; its vote cannot be made durable", null));
        open.ensureVoteDurable(term);
        return group;
    }
}
