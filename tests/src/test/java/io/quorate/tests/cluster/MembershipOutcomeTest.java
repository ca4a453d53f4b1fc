package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.MembershipException;
import io.quorate.wal.log.MembershipException.Fate;
import io.quorate.wal.log.WriteConcern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A change of members or of the leader that may still come about is never called a refusal. */
class MembershipOutcomeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private static Fate fate(CompletableFuture<Void> change) {
        Throwable failure = change.handle((done, why) -> why instanceof CompletionException e ? e.getCause() : why)
                .join();
        assertThat(failure).isInstanceOf(MembershipException.class);
        return ((MembershipException) failure).fate();
    }

    @Test
    void whatWasNotConfirmedIsIndeterminateAndAnotherTryFindsOutWhatBecameOfIt() {
        try (Partition partition = new Partition();
                InProcessCluster cluster =
                        new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            String leader = cluster.awaitLeader(shard);
            HostedShard deposed = cluster.shard(leader, shard);
            LogRecord record =
                    LogRecord.sessionless(EntryKind.USER, Bytes.utf8("its first configuration is committed"));
            deposed.append(record, WriteConcern.MAJORITY, PATIENCE).join();
            Peer fourth = cluster.define("n4");
            cluster.start("n4");
            cluster.open("n4", shard);
            // the new peer can be reached and is staged, so that the change is logged; nobody else hears of it
            partition.isolate(cluster.peer(leader).id().toString());
            partition.isolate(fourth.id().toString());
            assertThat(fate(deposed.membership().put(fourth, PATIENCE)))
                    .as("Ratis says NotLeader to a change that it has logged")
                    .isEqualTo(Fate.INDETERMINATE);
            partition.heal();

            Awaitility.await("tried again until it is done").atMost(PATIENCE).until(() -> {
                HostedShard now = cluster.leader(shard);
                return now.membership()
                        .put(fourth, PATIENCE)
                        .handle((done, failure) -> failure == null)
                        .join();
            });
            assertThat(cluster.leader(shard).status().peers()).hasSize(4).contains(fourth);

            HostedShard leading = cluster.leader(shard);
            Peer away = cluster.peer(cluster.follower(shard));
            HostedShard follower = cluster.shard(away.id().node().value(), shard);
            assertThat(fate(follower.membership().remove(away.id(), PATIENCE)))
                    .as("not begun where nobody leads")
                    .isEqualTo(Fate.PASSING);
            partition.isolate(away.id().toString());
            assertThat(fate(leading.membership().transferLeadership(away.id(), Duration.ofMillis(500))))
                    .as("the heir does not answer, and may campaign all the same")
                    .isEqualTo(Fate.INDETERMINATE);
        }
    }
}
