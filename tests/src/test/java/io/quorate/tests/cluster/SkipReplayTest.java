package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.raft.EntryMark;
import io.quorate.statemachine.raft.ParkedEntry;
import io.quorate.statemachine.raft.SkipRefusedException;
import io.quorate.statemachine.raft.sync.AppliedBound;
import io.quorate.statemachine.raft.sync.CommittedFloor;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.Membership;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.WriteConcern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica's own part in a skip: what it promised and learned holds when it replays its log. */
class SkipReplayTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private static void swallow(LogEntry entry) {
        if (entry.payload().utf8().startsWith("poison")) {
            throw new IllegalArgumentException("cannot stomach it");
        }
    }

    private static LogRecord record(String text) {
        return LogRecord.sessionless(EntryKind.USER, Bytes.utf8(text));
    }

    private static String awaitParked(HostedShard replica) {
        return Awaitility.await("parked")
                .atMost(PATIENCE)
                .until(() -> replica.status().health().orElse(""), text -> !text.isEmpty());
    }

    private static void assertDiverged(HostedShard replica) {
        assertThat(replica.status().health().orElse("")).contains("which the others skip", "rebuild it");
        assertThatThrownBy(() -> replica.query(Ledger.key(new Lsn(1)), ReadConsistency.EVENTUAL, PATIENCE)
                        .join())
                .hasCauseInstanceOf(ReadUnavailableException.class)
                .hasMessageContaining("rebuild it");
    }

    /** As happens to one that was not asked, since it was no member yet. */
    @Test
    void aReplicaThatAppliedWhatTheOthersSkipParksForGoodAndLeadsNoMore() throws IOException {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            Lsn applied = ((Committed) cluster.leader(shard)
                            .append(record("good"), WriteConcern.ALL, PATIENCE)
                            .join())
                    .lsn();
            String node = cluster.awaitLeader(shard);
            cluster.shard(node, shard).checkpoint(PATIENCE).join();
            EntryMark skipped = new EntryMark(applied, 1, EntryMark.State.SKIPPED, 0);

            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> cluster.host(node).settleEntry(shard.groupId(), skipped))
                        .isInstanceOfSatisfying(SkipRefusedException.class, refusal -> assertThat(refusal.kind())
                                .isEqualTo(SkipRefusedException.Kind.DIVERGED));
                assertDiverged(cluster.shard(node, shard));
            }
            Awaitility.await("another leads").atMost(PATIENCE).until(() -> cluster.leaderNow(shard)
                    .filter(other -> !other.equals(node))
                    .isPresent());
            cluster.leader(shard)
                    .append(record("without it"), WriteConcern.MAJORITY, PATIENCE)
                    .join();

            cluster.stop(node);
            cluster.start(node);
            assertDiverged(cluster.shard(node, shard));

            Membership members = cluster.leader(shard).membership();
            members.remove(cluster.peer(node).id(), PATIENCE).join();
            cluster.host(node).remove(shard.shard());
            cluster.open(node, shard);
            members.put(cluster.peer(node), PATIENCE).join();
            Replicas.assertEqualState(cluster, shard);
        }
    }

    /** What a power loss leaves of the floor, which nobody syncs: as it was before the last entries. */
    private static void loseFloor(Path current, byte[] earlierFloor) throws IOException {
        Files.write(current.resolve(CommittedFloor.FILE_NAME), earlierFloor);
    }

    private static void losePower(Path current, byte[] earlierFloor) throws IOException {
        loseFloor(current, earlierFloor);
        AppliedBound.settle(current, -1, UUID.randomUUID()); // as the boot before this one left it
    }

    private interface Loss {
        void of(Path current, byte[] earlierFloor) throws IOException;
    }

    private interface Outcome {
        void check(InProcessCluster cluster, ShardDescriptor shard, Lsn poison) throws IOException;
    }

    @Test
    void whatWasAppliedBeforeAPowerLossIsNotHeldAlsoWhereItCannotBeAppliedAgain() throws IOException {
        parkAtWhatWasApplied(SkipReplayTest::losePower, (cluster, shard, poison) -> assertThatThrownBy(
                        () -> cluster.host("n1").holdEntry(shard.groupId(), poison, 1))
                .isInstanceOf(SkipRefusedException.class)
                .hasMessageContaining("it may have applied it"));
    }

    /** The control: what the boot of the machine that is kept beside the floor is for. */
    @Test
    void withoutTheNoteOfAnotherBootTheFloorThatIsLeftLetsItBeHeld() throws IOException {
        parkAtWhatWasApplied(SkipReplayTest::loseFloor, (cluster, shard, poison) -> assertThat(
                        cluster.host("n1").holdEntry(shard.groupId(), poison, 1))
                .isPresent());
    }

    private void parkAtWhatWasApplied(Loss loss, Outcome outcome) throws IOException {
        AtomicBoolean fails = new AtomicBoolean();
        Consumer<LogEntry> application = entry -> {
            if (fails.get()) {
                swallow(entry);
            }
        };
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(() -> new Ledger(application)), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(1, "s1", Ledger.NAME);
            Path current = cluster.directory("n1").resolve("raft/" + shard.groupId() + "/current");
            cluster.leader(shard)
                    .append(record("good"), WriteConcern.MAJORITY, PATIENCE)
                    .join();
            byte[] earlier = Files.readAllBytes(current.resolve(CommittedFloor.FILE_NAME));
            Lsn poison = ((Committed) cluster.leader(shard)
                            .append(record("poison"), WriteConcern.MAJORITY, PATIENCE)
                            .join())
                    .lsn();
            cluster.stop("n1");
            loss.of(current, earlier);
            fails.set(true);
            cluster.start("n1");
            assertThat(awaitParked(cluster.shard("n1", shard))).contains("failed at entry " + poison);
            outcome.check(cluster, shard, poison);
        }
    }

    @Test
    void whereItParkedIsKnownAfterAPowerLossAndUntilItGoesOn() throws IOException {
        AtomicBoolean fails = new AtomicBoolean(true);
        Consumer<LogEntry> application = entry -> {
            if (fails.get()) {
                swallow(entry);
            }
        };
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(() -> new Ledger(application)), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(1, "s1", Ledger.NAME);
            Path current = cluster.directory("n1").resolve("raft/" + shard.groupId() + "/current");
            Lsn poison = ((Committed) cluster.leader(shard)
                            .append(record("good"), WriteConcern.MAJORITY, PATIENCE)
                            .join())
                    .lsn()
                    .next();
            byte[] earlier = Files.readAllBytes(current.resolve(CommittedFloor.FILE_NAME));
            cluster.leader(shard).append(record("poison"), WriteConcern.MAJORITY, Duration.ofSeconds(1));
            awaitParked(cluster.shard("n1", shard));
            cluster.stop("n1");
            losePower(current, earlier);
            cluster.start("n1");
            awaitParked(cluster.shard("n1", shard));
            assertThat(cluster.host("n1").holdEntry(shard.groupId(), poison, 1)).isPresent();
            cluster.host("n1").settleEntry(shard.groupId(), new EntryMark(poison, 1, EntryMark.State.RELEASED, 0));

            fails.set(false);
            cluster.stop("n1");
            cluster.start("n1");
            Awaitility.await("applied after all")
                    .atMost(PATIENCE)
                    .until(() -> cluster.shard("n1", shard).status().applied().equals(poison));
            fails.set(true);
            cluster.stop("n1");
            losePower(current, earlier);
            cluster.start("n1");
            awaitParked(cluster.shard("n1", shard));
            assertThatThrownBy(() -> cluster.host("n1").holdEntry(shard.groupId(), poison, 2))
                    .isInstanceOf(SkipRefusedException.class)
                    .hasMessageContaining("it may have applied it");
        }
    }

    @Test
    void aReplayHoldsAndSkipsAsBeforeTheRestart() throws IOException {
        try (InProcessCluster cluster = new InProcessCluster(
                directory, List.of(() -> new Ledger(SkipReplayTest::swallow)), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(1, "s1", Ledger.NAME);
            Lsn before = ((Committed) cluster.leader(shard)
                            .append(record("good"), WriteConcern.MAJORITY, PATIENCE)
                            .join())
                    .lsn();
            Lsn poison = before.next();
            cluster.leader(shard).append(record("poison"), WriteConcern.MAJORITY, Duration.ofSeconds(1));
            assertThat(awaitParked(cluster.shard("n1", shard))).contains("failed at entry " + poison);
            assertThatThrownBy(() -> cluster.host("n1").holdEntry(shard.groupId(), before, 1))
                    .isInstanceOf(SkipRefusedException.class)
                    .hasMessageContaining("has applied entry " + before);
            ParkedEntry parked =
                    cluster.host("n1").holdEntry(shard.groupId(), poison, 1).orElseThrow();
            assertThat(parked.lsn()).isEqualTo(poison);

            cluster.stop("n1");
            cluster.start("n1");
            assertThat(awaitParked(cluster.shard("n1", shard))).contains("entry " + poison + " is held");
            assertThat(cluster.host("n1")
                            .holdEntry(shard.groupId(), poison, 1)
                            .orElseThrow()
                            .checksum())
                    .isEqualTo(parked.checksum());

            cluster.host("n1")
                    .settleEntry(shard.groupId(), new EntryMark(poison, 1, EntryMark.State.SKIPPED, parked.checksum()));
            Lsn behind = ((Committed) Awaitility.await("it goes on")
                            .atMost(PATIENCE)
                            .until(
                                    () -> cluster.leader(shard)
                                            .append(record("good again"), WriteConcern.MAJORITY, PATIENCE)
                                            .join(),
                                    Committed.class::isInstance))
                    .lsn();
            assertThat(behind).isEqualTo(poison.next());
            String digest = cluster.shard("n1", shard).digest().join().sha256();

            cluster.stop("n1");
            cluster.start("n1");
            Awaitility.await("replayed")
                    .atMost(PATIENCE)
                    .until(() -> cluster.shard("n1", shard).status().applied().equals(behind));
            assertThat(cluster.shard("n1", shard).digest().join().sha256()).isEqualTo(digest);
            assertThat(Replicas.problems(cluster, shard)).isEmpty();
        }
    }
}
