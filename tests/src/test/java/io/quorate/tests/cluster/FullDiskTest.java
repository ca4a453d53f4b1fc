package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes whose disks are really full: each has a file system of its own, so this needs root on Linux. */
@Tag("chaos")
class FullDiskTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final List<String> NODES = List.of("n1", "n2", "n3");
    private static final long RESERVE = 8 << 20;

    @TempDir
    Path directory;

    private final Map<Lsn, String> acknowledged = new TreeMap<>();
    private int written;

    @BeforeEach
    void mount() throws Exception {
        Awaitility.doNotCatchUncaughtExceptionsByDefault(); // threads of a Ratis leader whose log failed end by some
        for (String node : NODES) {
            Path mount = Files.createDirectories(directory.resolve(node));
            run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", mount.toString());
        }
    }

    @AfterEach
    void unmount() throws Exception {
        Awaitility.reset();
        for (String node : NODES) {
            run("umount", "-l", directory.resolve(node).toString());
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
    }

    /** Leaves so many bytes of a node's disk. */
    private void fill(String node, long leave) throws IOException {
        Path mount = directory.resolve(node);
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(mount.resolve("ballast"))) {
            while (Files.getFileStore(mount).getUsableSpace() > leave) {
                out.write(block);
            }
        }
    }

    private void makeRoom(String node) throws IOException {
        Files.delete(directory.resolve(node).resolve("ballast"));
    }

    private AppendOutcome append(HostedShard shard, Duration timeout) {
        String text = "entry " + ++written + " ".repeat(8000);
        AppendOutcome outcome = shard.append(
                        LogRecord.sessionless(EntryKind.USER, Bytes.utf8(text)), WriteConcern.MAJORITY, timeout)
                .join();
        if (outcome instanceof Committed committed) {
            acknowledged.put(committed.lsn(), text);
        }
        return outcome;
    }

    private void awaitCommit(InProcessCluster cluster, ShardDescriptor shard) {
        Awaitility.await("an append is committed")
                .atMost(PATIENCE)
                .until(() -> append(cluster.leader(shard), SHORT) instanceof Committed);
    }

    private void assertNothingLost(InProcessCluster cluster, ShardDescriptor shard) {
        Awaitility.await("all in order").atMost(PATIENCE).until(() -> Replicas.problems(cluster, shard)
                .isEmpty());
        Replicas.assertEqualState(cluster, shard);
        for (String node : cluster.runningNodes()) {
            Replicas.assertExactlyOnce(cluster.shard(node, shard), acknowledged);
        }
    }

    @Test
    void appendsAreRejectedBeforeTheDiskIsFullReadsGoOnAndSoDoAppendsOnceThereIsRoom() throws IOException {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), config -> config.withDiskReserve(RESERVE))) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            awaitCommit(cluster, shard);
            String node = cluster.awaitLeader(shard);
            HostedShard leader = cluster.shard(node, shard);
            fill(node, RESERVE / 2);
            Awaitility.await("noticed").atMost(PATIENCE).until(() -> append(leader, SHORT) instanceof Rejected);
            assertThat(append(leader, SHORT)).isInstanceOfSatisfying(Rejected.class, rejected -> {
                assertThat(rejected.reason()).isEqualTo(RejectReason.DISK_FULL);
                assertThat(rejected.message()).contains(directory.resolve(node).toString(), "free some");
            });
            Lsn last =
                    leader.readBarrier(ReadConsistency.LINEARIZABLE, PATIENCE).join();
            assertThat(leader.query(Ledger.key(last), ReadConsistency.LINEARIZABLE, PATIENCE)
                            .join()
                            .value()
                            .utf8())
                    .isEqualTo(acknowledged.get(last));
            makeRoom(node);
            awaitCommit(cluster, shard);
            assertNothingLost(cluster, shard);
        }
    }

    @Test
    void aReplicaWhoseLogMetTheFullDiskIsOpenedAnewOnceThereIsRoom() throws IOException {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), config -> config.withDiskReserve(0))) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            awaitCommit(cluster, shard);
            String follower = cluster.follower(shard);
            fill(follower, 0);
            awaitProblem(cluster, shard, follower);
            for (int i = 0; i < 10; i++) {
                awaitCommit(cluster, shard);
            }
            makeRoom(follower);
            assertNothingLost(cluster, shard);

            String leader = cluster.awaitLeader(shard);
            fill(leader, 0);
            awaitProblem(cluster, shard, leader);
            Awaitility.await("another one leads").atMost(PATIENCE).until(() -> cluster.leaderNow(shard)
                    .filter(now -> !now.equals(leader))
                    .isPresent());
            awaitCommit(cluster, shard);
            makeRoom(leader);
            assertNothingLost(cluster, shard);
        }
    }

    private void awaitProblem(InProcessCluster cluster, ShardDescriptor shard, String node) {
        Awaitility.await(node + " meets the full disk").atMost(PATIENCE).until(() -> {
            cluster.leaderNow(shard).ifPresent(leader -> append(cluster.shard(leader, shard), SHORT));
            return cluster.shard(node, shard).status().health().isPresent();
        });
        assertThat(cluster.shard(node, shard).status().health().orElse("")).containsIgnoringCase("no space left");
    }
}
