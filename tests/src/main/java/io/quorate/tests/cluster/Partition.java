package io.quorate.tests.cluster;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.util.CodeInjectionForTesting;

/**
 * Cuts Raft peers of this process off from all others, in both directions: what would arrive is refused. There is one at a time,
 * since Ratis knows one injection per point.
 */
public final class Partition implements AutoCloseable {
    private static final List<String> POINTS =
            List.of("RaftServerImpl.appendEntries", "RaftServerImpl.requestVote", "RaftServerImpl.installSnapshot");

    private final Set<String> isolated = ConcurrentHashMap.newKeySet();

    public Partition() {
        POINTS.forEach(point -> CodeInjectionForTesting.put(point, this::check));
    }

    private boolean check(Object local, Object remote, Object... arguments) {
        if (isolated.contains(String.valueOf(local)) != isolated.contains(String.valueOf(remote))) {
            throw new IllegalStateException("partition between " + local + " and " + remote);
        }
        return false;
    }

    /** @param peer its Raft id */
    public void isolate(String peer) {
        isolated.add(peer);
    }

    public boolean isIsolated(String peer) {
        return isolated.contains(peer);
    }

    public void heal() {
        isolated.clear();
    }

    @Override
    public void close() {
        POINTS.forEach(CodeInjectionForTesting::remove);
    }
}
