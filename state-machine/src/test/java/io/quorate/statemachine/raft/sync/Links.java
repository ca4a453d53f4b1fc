package io.quorate.statemachine.raft.sync;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.util.CodeInjectionForTesting;

/** What comes through of what servers of this process ask each other; one at a time, since Ratis knows one injection per point. */
final class Links implements AutoCloseable {
    private static final String APPEND = "RaftServerImpl.appendEntries";
    private static final String VOTE = "RaftServerImpl.requestVote";

    private record Link(String from, String to) {}

    private final Set<Link> cut = ConcurrentHashMap.newKeySet();
    private final Map<Link, CountDownLatch> stalled = new ConcurrentHashMap<>();
    private final Map<Link, CountDownLatch> heartbeatsStalled = new ConcurrentHashMap<>();
    private final Map<Link, Consumer<AppendEntriesRequestProto>> watched = new ConcurrentHashMap<>();

    Links() {
        CodeInjectionForTesting.put(VOTE, (local, remote, arguments) -> {
            pass(local, remote);
            return false;
        });
        CodeInjectionForTesting.put(APPEND, (local, remote, arguments) -> {
            append(pass(local, remote), (AppendEntriesRequestProto) arguments[1]);
            return false;
        });
    }

    private Link pass(Object local, Object remote) {
        Link link = new Link(remote.toString(), local.toString());
        if (cut.contains(link)) {
            throw new IllegalStateException("cut: " + link);
        }
        return link;
    }

    private void append(Link link, AppendEntriesRequestProto request) {
        boolean heartbeat = request.getEntriesCount() == 0;
        await(stalled.get(link));
        if (heartbeat) {
            await(heartbeatsStalled.get(link));
            return;
        }
        Consumer<AppendEntriesRequestProto> watcher = watched.remove(link);
        if (watcher != null) {
            watcher.accept(request);
        }
    }

    private static void await(CountDownLatch latch) {
        if (latch != null) {
            HeldEntries.await(latch, "a link that is stalled");
        }
    }

    /** Nothing comes through between the two, in neither direction. */
    void cut(String one, String other) {
        cut.add(new Link(one, other));
        cut.add(new Link(other, one));
    }

    /** What a leader sends waits. */
    void stall(String from, String to) {
        stalled.put(new Link(from, to), new CountDownLatch(1));
    }

    /** A leader's heartbeats wait, its entries do not. */
    void stallHeartbeats(String from, String to) {
        heartbeatsStalled.put(new Link(from, to), new CountDownLatch(1));
    }

    void open(String from, String to) {
        stalled.remove(new Link(from, to)).countDown();
    }

    /** Shows the next request with entries before it is looked at. */
    void onEntries(String from, String to, Consumer<AppendEntriesRequestProto> watcher) {
        watched.put(new Link(from, to), watcher);
    }

    /** All comes through again, what waited too. */
    void heal() {
        cut.clear();
        for (Map<Link, CountDownLatch> waiting : List.of(stalled, heartbeatsStalled)) {
            for (Link link : waiting.keySet()) {
                waiting.remove(link).countDown();
            }
        }
    }

    @Override
    public void close() {
        heal();
        CodeInjectionForTesting.remove(APPEND);
        CodeInjectionForTesting.remove(VOTE);
    }
}
