package io.quorate.statemachine.raft.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.raft.node.RaftNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.util.CodeInjectionForTesting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three real servers: Ratis takes entries and votes only on a thread that has passed the gate, and holds it. */
class ReplyGateTest {
    private static final String APPEND = "RaftServerImpl.appendEntries";
    private static final String VOTE = "RaftServerImpl.requestVote";

    @TempDir
    Path directory;

    private final ThreadLocal<Boolean> holds = ThreadLocal.withInitial(() -> false);
    private final AtomicInteger held = new AtomicInteger();
    private final Set<String> inside = ConcurrentHashMap.newKeySet();
    private final Set<String> outside = ConcurrentHashMap.newKeySet();
    private final List<RaftNode> nodes = new ArrayList<>();

    @AfterEach
    void stop() throws IOException {
        for (RaftNode node : nodes) {
            node.close();
        }
        CodeInjectionForTesting.remove(APPEND);
        CodeInjectionForTesting.remove(VOTE);
    }

    private Passage enter(Object request) {
        boolean gated = request instanceof RequestVoteRequestProto
                || request instanceof AppendEntriesRequestProto append && append.getEntriesCount() > 0;
        if (!gated) {
            return Passage.FREE;
        }
        holds.set(true);
        held.incrementAndGet();
        return () -> {
            assertThat(holds.get()).as("given up by the thread that took it").isTrue();
            holds.set(false);
            held.decrementAndGet();
        };
    }

    private void install(Parameters parameters) {
        GrpcConfigKeys.Server.setServicesCustomizer(
                parameters, (builder, types) -> builder.intercept(new ReplyGate(this::enter, reply -> {})));
    }

    private boolean taken(String what) {
        (holds.get() ? inside : outside).add(what);
        return true;
    }

    @Test
    void everyVoteAndEveryEntryIsTakenBehindTheGate() throws IOException {
        CodeInjectionForTesting.put(VOTE, (local, remote, arguments) -> taken("vote"));
        CodeInjectionForTesting.put(
                APPEND,
                (local, remote, arguments) -> arguments[1] instanceof AppendEntriesRequestProto request
                        && request.getEntriesCount() > 0
                        && taken("entries"));
        RaftGroup group = RaftNode.groupOf(3);
        for (RaftPeer peer : group.getPeers()) {
            nodes.add(RaftNode.start(
                    peer,
                    group,
                    directory.resolve(peer.getId().toString()),
                    Optional.empty(),
                    this::install,
                    properties -> {}));
        }
        try (RaftClient client = RaftNode.client(group)) {
            for (int i = 0; i < 20; i++) {
                RaftNode.append(client, "note " + i);
            }
        }
        stop();
        nodes.clear();
        assertThat(inside).containsExactlyInAnyOrder("vote", "entries");
        assertThat(outside).isEmpty();
        assertThat(held).hasValue(0);
    }
}
