package io.quorate.statemachine.raft.sync;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;

/**
 * Sits between the sync hooks of one node and the wire and compares each message with what is durable at that moment: replies that
 * leave with this node's disk, requests of a leader that arrive with that leader's disk.
 */
final class WireWitness implements ServerInterceptor {
    private final String self;
    private final Path group;
    private final Map<String, DiskWitness> disks;
    private final List<String> violations = new CopyOnWriteArrayList<>();
    final AtomicLong votesGranted = new AtomicLong();
    final AtomicLong voteRequests = new AtomicLong();
    final AtomicLong appendReplies = new AtomicLong();
    final AtomicLong leaderRequests = new AtomicLong();
    final AtomicLong installReplies = new AtomicLong();

    WireWitness(String self, Path group, Map<String, DiskWitness> disks) {
        this.self = self;
        this.group = group;
        this.disks = disks;
    }

    /** Must be installed after the sync hooks, so that it stands outside of them. */
    void install(Parameters parameters) {
        GrpcServices.Customizer previous = Optional.ofNullable(GrpcConfigKeys.Server.servicesCustomizer(parameters))
                .orElseGet(GrpcServices.Customizer::getDefaultInstance);
        GrpcConfigKeys.Server.setServicesCustomizer(parameters, (builder, types) -> previous.customize(builder, types)
                .intercept(this));
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        AtomicReference<RequestVoteRequestProto> vote = new AtomicReference<>();
        ServerCall.Listener<Q> listener = next.startCall(
                new SimpleForwardingServerCall<>(call) {
                    @Override
                    public void sendMessage(R message) {
                        leaving(message, vote.get());
                        super.sendMessage(message);
                    }
                },
                headers);
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onMessage(Q message) {
                if (message instanceof RequestVoteRequestProto request) {
                    voteRequests.incrementAndGet();
                    vote.set(request);
                }
                if (message instanceof AppendEntriesRequestProto request) {
                    leaderRequests.incrementAndGet();
                    String leader = request.getServerRequest().getRequestorId().toStringUtf8();
                    expect(leader, request.getLeaderTerm(), Optional.of(leader), "a leader's request");
                }
                super.onMessage(message);
            }
        };
    }

    private void leaving(Object message, RequestVoteRequestProto vote) {
        if (message instanceof RequestVoteReplyProto reply) {
            boolean granted = reply.getServerReply().getSuccess() && !vote.getPreVote();
            if (granted) {
                votesGranted.incrementAndGet();
            }
            Optional<String> candidate = granted
                    ? Optional.of(vote.getServerRequest().getRequestorId().toStringUtf8())
                    : Optional.empty();
            expect(self, reply.getTerm(), candidate, "a vote reply");
        }
        if (message instanceof AppendEntriesReplyProto reply) {
            appendReplies.incrementAndGet();
            expect(self, reply.getTerm(), Optional.empty(), "an append reply");
        }
        if (message instanceof InstallSnapshotReplyProto reply && reply.getResult() == InstallSnapshotResult.SUCCESS) {
            installReplies.incrementAndGet();
            expectSnapshotNamed();
        }
    }

    private void expect(String node, long term, Optional<String> votedFor, String what) {
        VoteRecord durable = disks.get(node).vote().orElse(new VoteRecord(0, ""));
        boolean covered = durable.term() > term
                || durable.term() == term
                        && (votedFor.isEmpty() || votedFor.get().equals(durable.votedFor()));
        if (!covered) {
            violations.add(
                    what + " of term " + term + " and vote " + votedFor + " while " + node + " has durably " + durable);
        }
    }

    private void expectSnapshotNamed() {
        try {
            Object present = DiskWitness.snapshotKeyIn(group);
            if (present != null && !present.equals(disks.get(self).snapshotKey())) {
                violations.add("an install reply while the name of the snapshot directory is not durable");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
