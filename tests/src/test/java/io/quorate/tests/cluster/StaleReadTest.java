package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.raft.HostConfig;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An isolated leader that does not know it yet, while another leads and has committed a newer value. Ratis' own LINEARIZABLE reads
 * answer there with the old value; ours must refuse. The leaders wait a minute for their followers, so that no clock decides.
 */
class StaleReadTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void ratisOwnLinearizableReadIsStaleOnAnIsolatedLeader() throws IOException {
        try (Partition partition = new Partition();
                BareRatis ratis = new BareRatis(directory)) {
            Awaitility.await("the first leads").atMost(PATIENCE).until(() -> ratis.leads(0));
            assertThat(ratis.write(0, "old")).isTrue();
            assertThat(ratis.read(0)).isEqualTo("old");
            partition.isolate(BareRatis.id(0));
            int next = Awaitility.await("another leads")
                    .atMost(PATIENCE)
                    .until(() -> ratis.leads(1) ? 1 : ratis.leads(2) ? 2 : 0, server -> server > 0);
            assertThat(ratis.write(next, "new"))
                    .as("committed by the new leader")
                    .isTrue();
            assertThat(ratis.leads(0)).as("the old one does not know").isTrue();
            assertThat(ratis.read(0))
                    .as("the hole: once this fails, Ratis has closed it")
                    .isEqualTo("old");
        }
    }

    /** The first node, leading, waits a minute for its followers before it gives up. */
    private static HostConfig patientFirst(HostConfig config) {
        boolean first = config.self().node().value().equals("n1");
        return config.withRaft(
                config.raft().withElectionTimeout(Duration.ofSeconds(1), Duration.ofSeconds(first ? 60 : 2)));
    }

    private static Lsn write(HostedShard shard, String value) {
        return ((Committed) shard.append(
                                LogRecord.sessionless(EntryKind.USER, Bytes.utf8(value)),
                                WriteConcern.MAJORITY,
                                PATIENCE)
                        .join())
                .lsn();
    }

    private static ReadUnavailableException refusedRead(HostedShard replica) {
        return refusedRead(replica, PATIENCE);
    }

    private static ReadUnavailableException refusedRead(HostedShard replica, Duration timeout) {
        Throwable failure = replica.readBarrier(ReadConsistency.LINEARIZABLE, timeout)
                .handle((lsn, why) -> why instanceof CompletionException wrapped ? wrapped.getCause() : why)
                .join();
        assertThat(failure).isInstanceOf(ReadUnavailableException.class);
        return (ReadUnavailableException) failure;
    }

    @Test
    void ourReadIsRefusedOnAnIsolatedLeaderAndNeverStale() {
        PeerGate gate = new PeerGate();
        try (Partition partition = new Partition();
                InProcessCluster cluster =
                        new InProcessCluster(directory, List.of(Ledger::new), StaleReadTest::patientFirst)) {
            cluster.intercept("n2", gate);
            cluster.intercept("n3", gate);
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            Peer first = cluster.peer("n1");
            write(cluster.leader(shard), "first");
            cluster.leader(shard)
                    .membership()
                    .transferLeadership(first.id(), PATIENCE)
                    .join();
            HostedShard old = cluster.shard("n1", shard);
            Lsn before = write(old, "old");
            assertThat(old.readBarrier(ReadConsistency.LINEARIZABLE, PATIENCE).join())
                    .isEqualTo(before);

            partition.isolate(first.id().toString());
            String next = Awaitility.await("another leads")
                    .atMost(PATIENCE)
                    .until(
                            () -> List.of("n2", "n3").stream()
                                    .filter(node ->
                                            cluster.shard(node, shard).status().leads())
                                    .findFirst()
                                    .orElse(""),
                            node -> !node.isEmpty());
            Lsn newer = write(cluster.shard(next, shard), "new");
            assertThat(old.status().leads()).as("the old leader does not know").isTrue();
            assertThat(old.readBarrier(ReadConsistency.EVENTUAL, PATIENCE).join())
                    .isEqualTo(before);
            gate.close(true);
            assertThat(refusedRead(old).reason()).as("nobody answers it").isEqualTo(RejectReason.UNAVAILABLE);
            gate.close(false);
            gate.silence(true);
            assertThat(refusedRead(old, Duration.ofMillis(200)).reason())
                    .as("a read waits no longer than it was given, though the others may still answer")
                    .isEqualTo(RejectReason.DEADLINE);
            gate.silence(false);
            assertThat(refusedRead(old).reason())
                    .as("the others are in a later term")
                    .isEqualTo(RejectReason.NOT_LEADER);
            assertThat(old.status().leads()).as("it still does not know").isTrue();
            assertThat(cluster.shard(next, shard)
                            .readBarrier(ReadConsistency.LINEARIZABLE, PATIENCE)
                            .join())
                    .isEqualTo(newer);

            partition.heal();
            Awaitility.await("the old leader follows")
                    .atMost(PATIENCE)
                    .until(() -> old.status().applied().equals(newer));
            assertThat(old.readBarrier(ReadConsistency.LINEARIZABLE, PATIENCE).join())
                    .isEqualTo(newer);
            Replicas.assertEqualState(cluster, shard);
        }
    }
}
