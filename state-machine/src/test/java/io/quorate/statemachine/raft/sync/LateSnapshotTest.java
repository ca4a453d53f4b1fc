package io.quorate.statemachine.raft.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.raft.node.NodeSync;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A leader that was stopped while it sent a snapshot goes on with it when it has been deposed, and its members are others by now: here
 * only the receiver, so that it would commit on its own.
 */
class LateSnapshotTest {
    @TempDir
    Path directory;

    private static InstallSnapshotRequestProto late(NodesLedByFirst nodes, RaftPeer receiver) {
        return InstallSnapshotRequestProto.newBuilder()
                .setServerRequest(RaftRpcRequestProto.newBuilder()
                        .setRequestorId(RaftPeerId.valueOf("n2").toByteString())
                        .setReplyId(receiver.getId().toByteString())
                        .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(
                                nodes.group().getGroupId()))
                        .setCallId(1))
                .setLeaderTerm(0)
                .setLastRaftConfigurationLogEntryProto(LogEntryProto.newBuilder()
                        .setTerm(0)
                        .setIndex(0)
                        .setConfigurationEntry(RaftConfigurationProto.newBuilder()
                                .addPeers(RaftPeerProto.newBuilder()
                                        .setId(receiver.getId().toByteString())
                                        .setAddress(receiver.getAddress()))))
                .setSnapshotChunk(InstallSnapshotRequestProto.SnapshotChunkProto.newBuilder()
                        .setRequestId("late")
                        .setRequestIndex(1)
                        .setTermIndex(TermIndexProto.newBuilder().setTerm(0).setIndex(0)))
                .build();
    }

    /** How the receiver ends the stream; empty if it answers. */
    private static Optional<Status> send(InstallSnapshotRequestProto request, String address) throws Exception {
        ManagedChannel channel =
                NettyChannelBuilder.forTarget(address).usePlaintext().build();
        CompletableFuture<Optional<Status>> end = new CompletableFuture<>();
        try {
            StreamObserver<InstallSnapshotRequestProto> stream = RaftServerProtocolServiceGrpc.newStub(channel)
                    .installSnapshot(new StreamObserver<>() {
                        @Override
                        public void onNext(InstallSnapshotReplyProto reply) {
                            end.complete(Optional.empty());
                        }

                        @Override
                        public void onError(Throwable failure) {
                            end.complete(Optional.of(((StatusRuntimeException) failure).getStatus()));
                        }

                        @Override
                        public void onCompleted() {
                            end.complete(Optional.empty());
                        }
                    });
            stream.onNext(request);
            return end.get(60, TimeUnit.SECONDS);
        } finally {
            channel.shutdownNow();
        }
    }

    private static Optional<Status> sendToTheLeader(NodesLedByFirst nodes) throws Exception {
        RaftPeer leader = nodes.group().getPeer(RaftPeerId.valueOf("n1"));
        return send(late(nodes, leader), leader.getAddress());
    }

    @Test
    void aPartOfASnapshotFromAnEarlierLeaderChangesNothing() throws Exception {
        try (NodesLedByFirst nodes = NodesLedByFirst.start(
                directory, 3, sync -> new NodeSync(sync, DirectorySync.FSYNC, DirectorySync.FSYNC))) {
            assertThat(sendToTheLeader(nodes)).hasValueSatisfying(status -> {
                assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                assertThat(status.getDescription()).contains("from the leader of term 0 comes late");
            });
            assertThat(nodes.division("n1").getRaftConf().getCurrentPeers()).hasSize(3);
            nodes.append("n1", "by a majority of three");
            nodes.awaitNotes("n2", NodesLedByFirst.FIRST, "by a majority of three");
        }
    }

    @Test
    void ratisByItselfWouldTakeItsConfiguration() throws Exception {
        try (NodesLedByFirst nodes = NodesLedByFirst.start(
                directory,
                3,
                sync -> new NodeSync(sync, parameters -> {}, true, DirectorySync.FSYNC, DirectorySync.FSYNC))) {
            assertThat(sendToTheLeader(nodes)).isEmpty();
            assertThat(nodes.division("n1").getRaftConf().getCurrentPeers()).hasSize(1);
        }
    }
}
