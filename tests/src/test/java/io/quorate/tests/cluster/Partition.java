package io.quorate.tests.cluster;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.util.CodeInjectionForTesting;

/**
 * Cuts Raft peers of this process off from all others, in both directions: what would arrive is refused. Those that are cut off reach
 * each other. There is one at a time, since Ratis knows one injection per point.
 */
public final class Partition implements AutoCloseable {
    private static final String APPEND = "RaftServerImpl.appendEntries";
    private static final String VOTE = "RaftServerImpl.requestVote";
    private static final String INSTALL = "RaftServerImpl.installSnapshot";

    private final Set<String> isolated = ConcurrentHashMap.newKeySet();
    private final Map<String, Long> last = new ConcurrentHashMap<>();
    private final Map<String, Integer> asked = new ConcurrentHashMap<>();

    public Partition() {
        CodeInjectionForTesting.put(INSTALL, this::check);
        CodeInjectionForTesting.put(VOTE, (local, remote, arguments) -> {
            check(local, remote);
            asked.merge(local.toString(), 1, Integer::sum);
            return false;
        });
        CodeInjectionForTesting.put(APPEND, (local, remote, arguments) -> {
            check(local, remote);
            checkEntries(local.toString(), (AppendEntriesRequestProto) arguments[1]);
            return false;
        });
    }

    private boolean check(Object local, Object remote, Object... arguments) {
        if (isolated.contains(String.valueOf(local)) != isolated.contains(String.valueOf(remote))) {
            throw new IllegalStateException("partition between " + local + " and " + remote);
        }
        return false;
    }

    private void checkEntries(String local, AppendEntriesRequestProto request) {
        int count = request.getEntriesCount();
        if (count > 0 && request.getEntries(count - 1).getIndex() > last.getOrDefault(local, Long.MAX_VALUE)) {
            throw new IllegalStateException("no entry behind " + last.get(local) + " comes to " + local);
        }
    }

    /** @param peer its Raft id */
    public void isolate(String peer) {
        isolated.add(peer);
    }

    public boolean isIsolated(String peer) {
        return isolated.contains(peer);
    }

    /** From now on a peer hears of its leader, but is given no entry behind this index. */
    public void withholdBehind(String peer, long index) {
        last.put(peer, index);
    }

    /** How often a peer was asked for its vote, before each election and in it, by others that reached it. */
    public int votesAskedOf(String peer) {
        return asked.getOrDefault(peer, 0);
    }

    public void heal() {
        isolated.clear();
        last.clear();
    }

    @Override
    public void close() {
        List.of(APPEND, VOTE, INSTALL).forEach(CodeInjectionForTesting::remove);
    }
}
