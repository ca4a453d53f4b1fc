package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.quorate.topology.Generation;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.apache.ratis.grpc.GrpcUtil;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc.RaftServerProtocolServiceImplBase;
import org.apache.ratis.thirdparty.io.grpc.Server;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A node that stops waits for no stream that nobody ends. */
class StopTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    /** Votes for everybody, and never answers a leader nor ends its streams. */
    private static final class MutePeer extends RaftServerProtocolServiceImplBase {
        private final AtomicInteger streams = new AtomicInteger();

        @Override
        public void requestVote(RequestVoteRequestProto request, StreamObserver<RequestVoteReplyProto> answer) {
            RaftRpcRequestProto asked = request.getServerRequest();
            answer.onNext(RequestVoteReplyProto.newBuilder()
                    .setServerReply(RaftRpcReplyProto.newBuilder()
                            .setRequestorId(asked.getRequestorId())
                            .setReplyId(asked.getReplyId())
                            .setRaftGroupId(asked.getRaftGroupId())
                            .setSuccess(true))
                    .setTerm(request.getCandidateTerm())
                    .build());
            answer.onCompleted();
        }

        @Override
        public StreamObserver<AppendEntriesRequestProto> appendEntries(
                StreamObserver<AppendEntriesReplyProto> replies) {
            streams.incrementAndGet();
            return new StreamObserver<>() {
                @Override
                public void onNext(AppendEntriesRequestProto request) {
                    // says nothing
                }

                @Override
                public void onError(Throwable broken) {
                    // the leader broke it
                }

                @Override
                public void onCompleted() {
                    // nor now
                }
            };
        }
    }

    @Test
    void aLeaderStopsAtOnceThoughAFollowerNeverEndsItsStreams() throws Exception {
        ListAppender<ILoggingEvent> warnings = new ListAppender<>();
        Logger transport = (Logger) LoggerFactory.getLogger(GrpcUtil.class);
        MutePeer mute = new MutePeer();
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            Peer leader = cluster.define("n1");
            Peer follower = cluster.define("n2");
            int port = Integer.parseInt(follower.address().split(":")[1]);
            Server server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
                    .addService(mute)
                    .build()
                    .start();
            try {
                cluster.start("n1")
                        .found(new ShardDescriptor(
                                cluster.id(),
                                new ShardId("s1"),
                                Generation.FIRST,
                                Ledger.NAME,
                                List.of(leader, follower)));
                Awaitility.await("a leader's streams").atMost(PATIENCE).until(() -> mute.streams.get() >= 2);
                warnings.start();
                transport.addAppender(warnings);
                cluster.stop("n1");
            } finally {
                server.shutdownNow();
            }
            assertThat(warnings.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .noneMatch(message -> message.contains("Timed out"));
        } finally {
            transport.detachAppender(warnings);
        }
    }
}
