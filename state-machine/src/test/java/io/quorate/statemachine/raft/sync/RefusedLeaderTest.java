package io.quorate.statemachine.raft.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.quorate.statemachine.raft.node.NodeSync;
import io.quorate.statemachine.raft.node.RaftNode;
import io.quorate.statemachine.raft.scan.RaftLogScanner;
import io.quorate.statemachine.raft.scan.ScanBounds;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real server of one member, which is elected and must not lead. */
class RefusedLeaderTest {
    private static final int MAX_ENTRY_BYTES = 1 << 20;

    @TempDir
    Path directory;

    private final AtomicInteger votes = new AtomicInteger();
    private final List<SyncFailedException> failures = new CopyOnWriteArrayList<>();

    /** Syncs what was found at the start, and no vote after that. */
    private void sync(Path path) throws IOException {
        if (path.endsWith("current") && votes.incrementAndGet() > 1) {
            throw new IOException("planted: input/output error");
        }
        DirectorySync.FSYNC.sync(path);
    }

    /** A candidate's of a later term, behind which a leader steps down. */
    private static RequestVoteRequestProto vote(RaftGroup group) {
        ByteString self = group.getPeers().iterator().next().getId().toByteString();
        return RequestVoteRequestProto.newBuilder()
                .setServerRequest(RaftRpcRequestProto.newBuilder()
                        .setRequestorId(self)
                        .setReplyId(self)
                        .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(group.getGroupId())))
                .setCandidateTerm(9)
                .build();
    }

    @Test
    void aLeaderThatWasRefusedLeavesNothingInItsLogHoweverItIsStopped() throws IOException {
        RaftGroup group = RaftNode.groupOf(1);
        NodeSync sync = new NodeSync(
                new RaftSync(this::sync, (id, failure) -> failures.add(failure)),
                DirectorySync.FSYNC,
                DirectorySync.FSYNC);
        try (RaftNode node = RaftNode.start(
                group.getPeers().iterator().next(),
                group,
                directory,
                Optional.of(sync),
                parameters -> {},
                properties -> {})) {
            await().atMost(Duration.ofSeconds(60)).until(() -> !failures.isEmpty());
            assertThatThrownBy(() -> node.server().requestVote(vote(group)))
                    .as("to step down, it would log the entry with which it never began")
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("CLOSED");
            node.division().close();
        }
        assertThat(failures).hasSize(1);
        assertThat(failures.get(0)).hasRootCauseMessage("planted: input/output error");
        assertThat(RaftLogScanner.inspect(RaftNode.groupDirectory(directory), new ScanBounds(-1, -1, MAX_ENTRY_BYTES))
                        .lastIndex())
                .isEqualTo(-1);
    }
}
