package io.quorate.statemachine.raft;

import io.quorate.topology.Peer;
import io.quorate.wal.log.VersionSupport;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Peers that answer when the test does. */
final class TestPeers implements PeerCalls {
    /** A question that was not answered yet. */
    record Asked(Peer peer, long index, CompletableFuture<LogState> answer) {}

    /** A voter that was asked for the leader and has not answered yet. */
    record AskedForLeader(Peer peer, long term, CompletableFuture<Boolean> answer) {}

    private final List<Asked> open = new ArrayList<>();
    private final List<AskedForLeader> openForLeader = new ArrayList<>();

    @Override
    public synchronized CompletableFuture<LogState> logState(Peer peer, UUID group, long index) {
        Asked asked = new Asked(peer, index, new CompletableFuture<>());
        open.add(asked);
        return asked.answer();
    }

    synchronized List<Asked> open() {
        return List.copyOf(open);
    }

    /** Takes the oldest question. */
    synchronized Asked take() {
        return open.remove(0);
    }

    @Override
    public CompletableFuture<Long> readIndex(Peer leader, UUID group) {
        throw new AssertionError("nobody asks a leader here");
    }

    @Override
    public CompletableFuture<VersionSupport> versions(Peer peer, UUID group) {
        throw new AssertionError("nobody asks for versions here");
    }

    @Override
    public synchronized CompletableFuture<Boolean> leaderGone(Peer peer, UUID group, long term) {
        AskedForLeader asked = new AskedForLeader(peer, term, new CompletableFuture<>());
        openForLeader.add(asked);
        return asked.answer();
    }

    @Override
    public CompletableFuture<Running> runs(Peer peer, UUID group) {
        throw new AssertionError("nobody asks here whether it runs");
    }

    synchronized List<AskedForLeader> openForLeader() {
        return List.copyOf(openForLeader);
    }
}
