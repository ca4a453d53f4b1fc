package io.quorate.statemachine.raft;

import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.wal.log.Membership;
import io.quorate.wal.log.MembershipException;
import io.quorate.wal.log.MembershipException.Fate;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.LeaderElectionManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes of members on the leader. Each change is a compare-and-set against the configuration that was looked at, so that two
 * operators cannot undo one another's change unseen.
 */
final class RatisMembership implements Membership, Candidacy.Elections {
    private static final Logger log = LoggerFactory.getLogger(RatisMembership.class);
    private static final Duration STEP_DOWN = Duration.ofSeconds(3);
    /** Beyond the time that Ratis has, for its answer: it says more than a timeout of ours. */
    private static final Duration ANSWER_ROOM = Duration.ofMillis(200);

    private static final String CHANGE = "change of members";

    private final Supplier<RaftServer> server;
    private final RaftGroupId group;
    private final RaftView view;
    private final LocalCalls calls;
    private final Executor after;
    private final LeadershipTransfer transfer;

    RatisMembership(
            Supplier<RaftServer> server,
            RaftGroupId group,
            RaftView view,
            LocalCalls calls,
            RaftBatcher batcher,
            Function<Peer, CompletableFuture<PeerCalls.Running>> runs,
            Duration startPatience,
            Executor after) {
        this.server = server;
        this.group = group;
        this.view = view;
        this.calls = calls;
        this.after = after;
        this.transfer = new LeadershipTransfer(view, batcher, runs, startPatience, this::ask, after);
    }

    @Override
    public CompletableFuture<Void> put(Peer peer, Duration timeout) {
        Optional<MembershipException> unsettled = unsettled();
        if (unsettled.isPresent()) {
            return CompletableFuture.failedFuture(unsettled.get());
        }
        if (!peer.role().holdsData()) {
            return refuse(
                    "a " + peer.role() + " cannot be a member: Ratis has no such role, and would make it a full voter");
        }
        if (view.peers().contains(peer)) {
            return CompletableFuture.completedFuture(null);
        }
        List<Peer> wanted = new ArrayList<>(view.peers());
        wanted.removeIf(member -> member.id().equals(peer.id()));
        for (Peer member : wanted) {
            if (member.id().node().equals(peer.id().node())) {
                return refuse("node " + peer.id().node() + " is a member already as " + member.id()
                        + ", an earlier life of its disk; remove that one first");
            }
        }
        wanted.add(peer);
        return change(wanted, timeout);
    }

    @Override
    public CompletableFuture<Void> remove(PeerId peer, Duration timeout) {
        Optional<MembershipException> unsettled = unsettled();
        if (unsettled.isPresent()) {
            return CompletableFuture.failedFuture(unsettled.get());
        }
        List<Peer> wanted = new ArrayList<>(view.peers());
        if (!wanted.removeIf(member -> member.id().equals(peer))) {
            return CompletableFuture.completedFuture(null);
        }
        return change(wanted, timeout);
    }

    private CompletableFuture<Void> change(List<Peer> wanted, Duration timeout) {
        if (wanted.stream().noneMatch(peer -> peer.role().votes())) {
            return refuse("the shard would be left without a voter");
        }
        RaftConfiguration now;
        try {
            now = view.division().getRaftConf();
        } catch (GroupClosedException e) {
            return CompletableFuture.failedFuture(MembershipFailures.ofChange(CHANGE, e));
        }
        SetConfigurationRequest.Arguments arguments = SetConfigurationRequest.Arguments.newBuilder()
                .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                .setServersInCurrentConf(List.copyOf(now.getCurrentPeers()))
                .setListenersInCurrentConf(List.copyOf(now.getCurrentPeers(RaftPeerRole.LISTENER)))
                .setServersInNewConf(raftPeers(wanted, true))
                .setListenersInNewConf(raftPeers(wanted, false))
                .build();
        SetConfigurationRequest request = new SetConfigurationRequest(
                calls.clientId(), server.get().getId(), group, calls.nextCallId(), arguments);
        return run(() -> server.get().setConfigurationAsync(request), timeout)
                .exceptionallyCompose(
                        failure -> CompletableFuture.failedFuture(MembershipFailures.ofChange(CHANGE, failure)));
    }

    /**
     * Why the members cannot be told or changed now. Only a leader's committed configuration counts: one that is merely logged may
     * still be replaced by another leader's.
     */
    private Optional<MembershipException> unsettled() {
        if (!view.leads()) {
            return Optional.of(notLeader());
        }
        if (!view.isConfigurationCommitted()) {
            return Optional.of(new MembershipException(
                    Fate.PASSING, "another change of members is under way; try again when it is done"));
        }
        return Optional.empty();
    }

    private MembershipException notLeader() {
        return new MembershipException(
                Fate.PASSING,
                "this replica does not lead the shard; the leader is "
                        + view.leader().map(Peer::toString).orElse("not known"));
    }

    private static List<RaftPeer> raftPeers(List<Peer> peers, boolean voters) {
        return peers.stream()
                .filter(peer -> peer.role().votes() == voters)
                .map(RaftView::toRaftPeer)
                .toList();
    }

    @Override
    public CompletableFuture<Void> transferLeadership(PeerId target, Duration timeout) {
        if (!view.leads()) {
            return CompletableFuture.failedFuture(notLeader());
        }
        if (view.self().equals(target)) {
            return CompletableFuture.completedFuture(null);
        }
        Optional<Peer> heir = view.peers().stream()
                .filter(p -> p.id().equals(target) && p.role().votes())
                .findFirst();
        if (heir.isEmpty()) {
            return refuse(target + " is no voter of this shard");
        }
        return transfer.to(heir.get(), timeout)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        MembershipFailures.ofTransfer("transfer of leadership to " + target, failure)));
    }

    private CompletableFuture<Void> ask(PeerId target, Duration timeout) {
        TransferLeadershipRequest request = transferTo(RaftPeerId.valueOf(target.toString()), timeout);
        return run(() -> server.get().transferLeadershipAsync(request), timeout.plus(ANSWER_ROOM));
    }

    /** @param target null, which Ratis takes for whoever wins */
    private TransferLeadershipRequest transferTo(RaftPeerId target, Duration timeout) {
        return new TransferLeadershipRequest(
                calls.clientId(), server.get().getId(), group, calls.nextCallId(), target, timeout.toMillis());
    }

    @Override
    public CompletableFuture<?> pause() {
        return server.get()
                .leaderElectionManagementAsync(LeaderElectionManagementRequest.newPause(
                        calls.clientId(), server.get().getId(), group, calls.nextCallId()));
    }

    @Override
    public CompletableFuture<?> resume() {
        return server.get()
                .leaderElectionManagementAsync(LeaderElectionManagementRequest.newResume(
                        calls.clientId(), server.get().getId(), group, calls.nextCallId()));
    }

    @Override
    public boolean isCandidate() {
        return view.open().map(division -> division.getInfo().isCandidate()).orElse(false);
    }

    /**
     * Ratis refused an append, or a change of members, since it hands leadership over. Where nobody hands anything over it would do so
     * for as long as this replica leads: {@code TransferLeadership.start} (3.3.0) answers a transfer that fails at once, and does not
     * take the request back. So it resigns: whoever leads next, were it this replica again, is free of it.
     */
    void refusedAsSteppingDown() {
        if (transfer.isAsking()) {
            return;
        }
        after.execute(() -> {
            if (view.leads()) {
                log.warn("[{}] Ratis refuses appends behind a transfer of leadership that failed; resigns", group);
            }
            stepDown();
        });
    }

    @Override
    public void stepDown() {
        if (!view.leads()) {
            return;
        }
        TransferLeadershipRequest toWhoever = transferTo(null, STEP_DOWN);
        run(() -> server.get().transferLeadershipAsync(toWhoever), STEP_DOWN).whenComplete((nothing, failure) -> {
            if (failure != null) {
                log.warn("[{}] cannot step down", group, failure);
            }
        });
    }

    private interface Call {
        CompletableFuture<RaftClientReply> send() throws IOException;
    }

    /**
     * Fails with what Ratis says. What follows it runs on a thread of ours: Ratis answers in the middle of its own changes of state,
     * with its locks held, where a second call of ours would wait for ever.
     */
    private CompletableFuture<Void> run(Call call, Duration timeout) {
        CompletableFuture<RaftClientReply> reply;
        try {
            reply = call.send();
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
        return reply.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .handleAsync((answer, failure) -> failure != null ? failure : answer.getException(), after)
                .thenCompose(failure -> {
                    if (failure instanceof LeaderSteppingDownException) {
                        refusedAsSteppingDown();
                    }
                    return failure == null
                            ? CompletableFuture.completedFuture(null)
                            : CompletableFuture.failedFuture(failure);
                });
    }

    private static <T> CompletableFuture<T> refuse(String why) {
        return CompletableFuture.failedFuture(new MembershipException(why));
    }
}
