package io.quorate.cli.http;

import io.quorate.topology.PeerId;
import io.quorate.wal.log.LogStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * How a shard's replica on this node is. Pure: a function of its status.
 *
 * @param shard its name
 * @param status what was judged
 * @param healthy false if somebody must do something: a dead Raft division, a log that cannot be written, an entry that cannot be
 *     applied, a full disk
 * @param ready whether it can serve now: healthy, with a leader, and caught up
 * @param problems why not, empty if ready
 */
public record ShardHealth(String shard, LogStatus status, boolean healthy, boolean ready, List<String> problems) {
    public ShardHealth {
        Objects.requireNonNull(shard, "shard");
        Objects.requireNonNull(status, "status");
        problems = List.copyOf(problems);
        if (ready != problems.isEmpty() || (ready && !healthy)) {
            throw new IllegalArgumentException(
                    shard + ": ready " + ready + ", healthy " + healthy + ", problems " + problems);
        }
    }

    /** @param maxLag consensus entries that a replica may be behind what it knows to be committed, and still be ready */
    public static ShardHealth of(String shard, LogStatus status, long maxLag) {
        List<String> problems = new ArrayList<>();
        status.health().ifPresent(problems::add);
        if (status.leader().isEmpty()) {
            problems.add("no leader is known");
        }
        if (status.peers().stream().noneMatch(peer -> peer.id().equals(status.self()))) {
            problems.add("this node is no member yet");
        }
        long lag = lag(status);
        if (lag > maxLag) {
            problems.add(lag + " entries behind: applied " + status.appliedIndex() + " of " + status.committedIndex());
        }
        return new ShardHealth(shard, status, status.health().isEmpty(), problems.isEmpty(), problems);
    }

    /** Consensus entries that are known here to be committed and not applied yet. */
    public static long lag(LogStatus status) {
        return Math.max(0, status.committedIndex() - status.appliedIndex());
    }

    /** {@code leader}, or the role of this peer in lower case. */
    public static String role(LogStatus status) {
        PeerId self = status.self();
        if (status.leads()) {
            return "leader";
        }
        return status.peers().stream()
                .filter(peer -> peer.id().equals(self))
                .map(peer -> peer.role().name().toLowerCase(Locale.ROOT))
                .findFirst()
                .orElse("none");
    }
}
