package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.store.StateDigest;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** What must hold of all replicas of a {@link Ledger} shard once nobody writes any more. */
public final class Replicas {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_)?(\\d+)(?:-\\d+)?");

    private Replicas() {}

    /** Waits until all running nodes have applied what the leader has. */
    public static Lsn awaitSameLsn(InProcessCluster cluster, ShardDescriptor shard) {
        return Awaitility.await("equal lsn and index everywhere")
                .atMost(PATIENCE)
                .until(() -> positions(cluster, shard), positions -> positions.size() == 1)
                .iterator()
                .next()
                .lsn();
    }

    private record Reached(Lsn lsn, long index) {}

    private static Set<Reached> positions(InProcessCluster cluster, ShardDescriptor shard) {
        return cluster.runningNodes().stream()
                .map(node -> cluster.shard(node, shard).status())
                .map(status -> new Reached(status.applied(), status.appliedIndex()))
                .collect(Collectors.toSet());
    }

    /** Equal LSN means equal state: on every running node. Returns the LSN. */
    public static Lsn assertEqualState(InProcessCluster cluster, ShardDescriptor shard) {
        Lsn lsn = awaitSameLsn(cluster, shard);
        Map<String, StateDigest> digests = new TreeMap<>();
        for (String node : cluster.runningNodes()) {
            digests.put(node, cluster.shard(node, shard).digest().join());
        }
        assertThat(digests.values().stream().distinct())
                .as("digests at lsn " + lsn + ": " + digests)
                .hasSize(1);
        return lsn;
    }

    /** All that was acknowledged lies under its LSN, and nothing lies there twice. */
    public static void assertExactlyOnce(HostedShard replica, Map<Lsn, String> acknowledged) {
        Lsn last = replica.status().applied();
        Map<String, Lsn> found = new HashMap<>();
        for (Lsn lsn = new Lsn(1); lsn.compareTo(last) <= 0; lsn = lsn.next()) {
            String payload = replica.query(Ledger.key(lsn), ReadConsistency.EVENTUAL, PATIENCE)
                    .join()
                    .value()
                    .utf8();
            if (!payload.isEmpty()) {
                assertThat(found.put(payload, lsn))
                        .as("earlier lsn of " + payload)
                        .isNull();
            }
        }
        acknowledged.forEach(
                (lsn, payload) -> assertThat(found.get(payload)).as(payload).isEqualTo(lsn));
    }

    /** Index of the first entry that the Raft log of a node still holds. */
    public static long firstLoggedIndex(InProcessCluster cluster, String node, ShardDescriptor shard) {
        Path log = cluster.directory(node)
                .resolve("raft")
                .resolve(shard.groupId().toString())
                .resolve("current");
        try (Stream<Path> files = Files.list(log)) {
            Collection<Long> starts = files.map(
                            file -> SEGMENT.matcher(file.getFileName().toString()))
                    .filter(Matcher::matches)
                    .map(matcher -> Long.parseLong(matcher.group(1)))
                    .toList();
            return starts.stream().min(Long::compare).orElse(Long.MAX_VALUE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nodes whose replica is not in order, with what is wrong. */
    public static List<String> problems(InProcessCluster cluster, ShardDescriptor shard) {
        return cluster.runningNodes().stream()
                .flatMap(node ->
                        cluster.shard(node, shard).status().health().stream().map(why -> node + ": " + why))
                .toList();
    }
}
