package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.host.VersionSurvey;
import io.quorate.statemachine.store.StateDigest;
import io.quorate.tests.cluster.VersionedCounter.Build;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.LogVersions;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of two builds in one cluster: what is applied follows the log, not the build. */
class RollingUpgradeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final LogVersions SECOND = new LogVersions(1, 2);

    @TempDir
    Path directory;

    private final Map<String, Build> builds = new ConcurrentHashMap<>();

    private InProcessCluster cluster() {
        return new InProcessCluster(
                directory,
                node -> List.of(() -> new VersionedCounter(builds.getOrDefault(node, Build.OLD))),
                UnaryOperator.identity());
    }

    private InProcessCluster clusterOfNewBuilds() {
        for (String node : List.of("n1", "n2", "n3")) {
            builds.put(node, Build.NEW);
        }
        return cluster();
    }

    private void restart(InProcessCluster cluster, String node, Build build) {
        cluster.stop(node);
        builds.put(node, build);
        cluster.start(node);
    }

    private static AppendOutcome raise(InProcessCluster cluster, ShardDescriptor shard, LogVersions wanted) {
        return cluster.leader(shard).raiseVersions(wanted, PATIENCE).join();
    }

    private static Lsn commit(InProcessCluster cluster, ShardDescriptor shard, String text) {
        LogRecord record = LogRecord.sessionless(EntryKind.USER, Bytes.utf8(text));
        return ((Committed) cluster.leader(shard)
                        .append(record, WriteConcern.MAJORITY, PATIENCE)
                        .join())
                .lsn();
    }

    private static String read(HostedShard replica, Lsn lsn) {
        return replica.query(Ledger.key(lsn), new ReadConsistency.Session(lsn), PATIENCE)
                .join()
                .value()
                .utf8();
    }

    @Test
    void aRollingUpgradeUnderLoadLeavesAllReplicasEqual() {
        try (InProcessCluster cluster = cluster()) {
            ShardDescriptor shard = cluster.found(3, "s1", VersionedCounter.NAME);
            try (QuorateClient client = cluster.client(UnaryOperator.identity());
                    Load load = Load.start(client.shard(shard.shard()), 4, 10)) {
                load.awaitMore(50);
                for (String node : List.of("n1", "n2")) {
                    restart(cluster, node, Build.NEW);
                    load.awaitMore(50);
                }
                VersionSurvey survey = Awaitility.await("all members heard")
                        .atMost(PATIENCE)
                        .until(() -> cluster.leader(shard).surveyVersions().join(), found -> found.silent()
                                .isEmpty());
                assertThat(survey.newest()).isEqualTo(LogVersions.FIRST);
                assertThat(survey.objections(SECOND)).singleElement().asString().startsWith("n3.");
                assertThat(raise(cluster, shard, SECOND))
                        .isInstanceOfSatisfying(Rejected.class, rejected -> assertThat(rejected.message())
                                .contains("n3.", "supports apply versions 1, not 2"));

                restart(cluster, "n3", Build.NEW);
                load.awaitMore(50);
                AppendOutcome outcome = Awaitility.await("raised")
                        .atMost(PATIENCE)
                        .until(() -> raise(cluster, shard, SECOND), Committed.class::isInstance);
                Lsn raised = ((Committed) outcome).lsn();
                load.awaitMore(50);
                load.stop();
                Lsn last = Replicas.assertEqualState(cluster, shard);
                assertThat(last).isGreaterThan(raised);
                Set<Boolean> capitals = load.acknowledged().entrySet().stream()
                        .map(entry -> {
                            String kept = read(cluster.shard("n1", shard), entry.getKey());
                            assertThat(kept).isEqualToIgnoringCase(entry.getValue());
                            return kept.startsWith("LANE");
                        })
                        .collect(Collectors.toSet());
                assertThat(capitals).as("both versions were at work").containsExactlyInAnyOrder(true, false);
                assertThat(cluster.leader(shard).status().versions()).isEqualTo(SECOND);
            }
        }
    }

    @Test
    void aReplicaWithoutTheVersionOfTheLogParksAndOneWithItGoesOn() {
        try (InProcessCluster cluster = clusterOfNewBuilds()) {
            ShardDescriptor shard = cluster.found(3, "s1", VersionedCounter.NAME);
            Lsn before = commit(cluster, shard, "before");
            assertThat(raise(cluster, shard, SECOND)).isInstanceOf(Committed.class);
            String follower = cluster.follower(shard);
            restart(cluster, follower, Build.OLD);
            HostedShard parked = cluster.shard(follower, shard);
            String health = Awaitility.await("parked")
                    .atMost(PATIENCE)
                    .until(() -> parked.status().health().orElse(""), text -> !text.isEmpty());
            assertThat(health).contains("behind lsn " + before, "supports apply versions 1, not 2");
            Lsn after = commit(cluster, shard, "after");
            assertThat(read(cluster.leader(shard), after)).isEqualTo("AFTER");

            restart(cluster, follower, Build.NEW);
            Replicas.assertEqualState(cluster, shard);
            assertThat(Replicas.problems(cluster, shard)).isEmpty();

            // a checkpoint of it is refused likewise: nothing is read from it, and the replica does not lead
            cluster.shard(follower, shard).checkpoint(PATIENCE).join();
            restart(cluster, follower, Build.OLD);
            HostedShard refusing = cluster.shard(follower, shard);
            assertThat(refusing.status().health().orElse(""))
                    .contains("the state is of feature level 1, apply version 2", "supports apply versions 1, not 2");
            assertThatThrownBy(() -> refusing.query(Ledger.key(after), ReadConsistency.EVENTUAL, PATIENCE)
                            .join())
                    .hasRootCauseInstanceOf(ReadUnavailableException.class)
                    .hasStackTraceContaining("supports apply versions 1, not 2");
            restart(cluster, follower, Build.NEW_ONLY);
            Replicas.assertEqualState(cluster, shard);
        }
    }

    @Test
    void aReplicaThatStartsOnACheckpointOfVersionsThatItDoesNotHaveDoesNotKeepTheLead() {
        try (InProcessCluster cluster = clusterOfNewBuilds()) {
            ShardDescriptor shard = cluster.found(3, "s1", VersionedCounter.NAME);
            assertThat(raise(cluster, shard, SECOND)).isInstanceOf(Committed.class);
            String follower = cluster.follower(shard);
            commit(cluster, shard, "covered");
            Replicas.awaitSameLsn(cluster, shard);
            cluster.shard(follower, shard).checkpoint(PATIENCE).join();
            commit(cluster, shard, "behind the checkpoint");
            Replicas.awaitSameLsn(cluster, shard);
            restart(cluster, follower, Build.OLD);
            cluster.leader(shard)
                    .membership()
                    .transferLeadership(cluster.peer(follower).id(), Duration.ofSeconds(5))
                    .handle((done, failure) -> done)
                    .join();
            LogRecord record = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("at another leader"));
            Awaitility.await("the shard takes writes")
                    .atMost(PATIENCE)
                    .until(
                            () -> cluster.shard(cluster.awaitLeader(shard), shard)
                                    .append(record, WriteConcern.MAJORITY, Duration.ofSeconds(2))
                                    .join(),
                            Committed.class::isInstance);
            assertThat(cluster.shard(follower, shard).status().leads()).isFalse();
        }
    }

    @Test
    void aNewMemberWithoutTheVersionOfTheSnapshotThatItReceivesParksAndReadsNothing() {
        try (InProcessCluster cluster = clusterOfNewBuilds()) {
            ShardDescriptor shard = cluster.found(3, "s1", VersionedCounter.NAME);
            assertThat(raise(cluster, shard, SECOND)).isInstanceOf(Committed.class);
            Lsn last = commit(cluster, shard, "behind the raise");
            for (String node : cluster.runningNodes()) {
                cluster.shard(node, shard).checkpoint(PATIENCE).join();
            }
            Peer fresh = cluster.define("n4");
            cluster.start("n4");
            cluster.open("n4", shard);
            cluster.leader(shard).membership().put(fresh, PATIENCE).join();
            HostedShard refusing = cluster.shard("n4", shard);
            Awaitility.await("parked")
                    .atMost(PATIENCE)
                    .until(() -> refusing.status().health().orElse("").contains("supports apply versions 1, not 2"));
            assertThatThrownBy(() -> refusing.query(Ledger.key(last), ReadConsistency.EVENTUAL, PATIENCE)
                            .join())
                    .hasRootCauseInstanceOf(ReadUnavailableException.class);
            assertThatThrownBy(() -> refusing.digest().join()).hasRootCauseInstanceOf(ReadUnavailableException.class);
            commit(cluster, shard, "the others go on");

            restart(cluster, "n4", Build.NEW);
            Replicas.assertEqualState(cluster, shard);
            assertThat(read(cluster.shard("n4", shard), last)).isEqualTo("BEHIND THE RAISE");
            assertThat(Replicas.problems(cluster, shard)).isEmpty();
        }
    }

    @Test
    void versionsAreNotRaisedByAClientNorWhileAMemberIsAwayNorLowered() {
        try (InProcessCluster cluster = clusterOfNewBuilds()) {
            ShardDescriptor shard = cluster.found(3, "s1", VersionedCounter.NAME);
            LogRecord smuggled = LogRecord.sessionless(EntryKind.VERSIONS, SECOND.encode());
            assertThat(cluster.leader(shard)
                            .append(smuggled, WriteConcern.MAJORITY, PATIENCE)
                            .join())
                    .isInstanceOfSatisfying(Rejected.class, rejected -> assertThat(rejected.reason())
                            .isEqualTo(RejectReason.INVALID));
            String away = cluster.follower(shard);
            cluster.stop(away);
            assertThat(raise(cluster, shard, SECOND))
                    .isInstanceOfSatisfying(Rejected.class, rejected -> assertThat(rejected.message())
                            .contains(away + ".", "does not answer"));
            cluster.start(away);
            Awaitility.await("raised")
                    .atMost(PATIENCE)
                    .until(() -> raise(cluster, shard, SECOND), Committed.class::isInstance);
            assertThat(raise(cluster, shard, LogVersions.FIRST))
                    .isInstanceOfSatisfying(Rejected.class, rejected -> assertThat(rejected.message())
                            .contains("never go back"));
        }
    }

    @Test
    void anApplicationThatGoesByItsBuildDivergesAndTheDigestsTell() {
        builds.put("n1", Build.NEW_AND_WRONG);
        try (InProcessCluster cluster = cluster()) {
            ShardDescriptor shard = cluster.found(3, "s1", VersionedCounter.NAME);
            commit(cluster, shard, "an entry");
            Replicas.awaitSameLsn(cluster, shard);
            Set<String> digests = cluster.runningNodes().stream()
                    .map(node -> cluster.shard(node, shard).digest().join())
                    .map(StateDigest::sha256)
                    .collect(Collectors.toSet());
            assertThat(digests).hasSize(2);
            assertThatThrownBy(() -> Replicas.assertEqualState(cluster, shard)).isInstanceOf(AssertionError.class);
        }
    }
}
