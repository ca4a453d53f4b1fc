package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.client.ReadPreference;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.MembershipException;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica that somebody still holds after its group was removed from the node: every call has an outcome, none throws. */
class ClosedShardTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    /** A day: nothing may wait for its deadline. */
    private static final Duration LONG = Duration.ofDays(1);

    private static final LogRecord RECORD = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("entry"));

    @TempDir
    Path directory;

    private static Throwable failure(CompletableFuture<?> future) {
        return future.handle((value, why) -> why instanceof CompletionException e ? e.getCause() : why)
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    @Test
    void everyCallToAReplicaWhoseGroupIsGoneEndsAtOnceByName() throws IOException {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            String node = cluster.awaitLeader(shard);
            HostedShard gone = cluster.shard(node, shard);
            Lsn last = ((Committed)
                            gone.append(RECORD, WriteConcern.MAJORITY, TIMEOUT).join())
                    .lsn();
            try (QuorateClient client = cluster.client(UnaryOperator.identity())) {
                assertThat(client.shard(shard.shard()).appendAndWait(Bytes.utf8("before")))
                        .isInstanceOf(Committed.class);
                cluster.host(node).remove(shard.shard());

                assertThat(gone.append(RECORD, WriteConcern.MAJORITY, LONG).join())
                        .isInstanceOfSatisfying(Rejected.class, rejected -> {
                            assertThat(rejected.reason()).isEqualTo(RejectReason.UNAVAILABLE);
                            assertThat(rejected.message()).contains("s1", "closed on this node");
                        });
                for (ReadConsistency consistency :
                        List.of(ReadConsistency.LINEARIZABLE, new ReadConsistency.Session(new Lsn(1000)))) {
                    assertThat(failure(gone.readBarrier(consistency, LONG)))
                            .isInstanceOf(ReadUnavailableException.class);
                }
                assertThat(failure(gone.query(Ledger.key(last), ReadConsistency.EVENTUAL, LONG)))
                        .isInstanceOf(ReadUnavailableException.class);
                assertThat(gone.status().leads()).isFalse();
                assertThat(gone.status().health())
                        .hasValueSatisfying(why -> assertThat(why).contains("closed on this node"));
                assertThat(failure(gone.membership().remove(gone.status().self(), LONG)))
                        .isInstanceOf(MembershipException.class);
                assertThat(failure(gone.membership()
                                .transferLeadership(
                                        cluster.peer(cluster.follower(shard)).id(), LONG)))
                        .isInstanceOf(MembershipException.class);
                assertThat(failure(gone.digest())).isNotNull();
                assertThat(failure(gone.checkpoint(LONG))).isNotNull();

                // a client whose stream leads there goes elsewhere
                assertThat(client.shard(shard.shard()).appendAndWait(Bytes.utf8("after")))
                        .isInstanceOf(Committed.class);
                assertThat(client.shard(shard.shard())
                                .queryAndWait(Ledger.key(last), ReadConsistency.LINEARIZABLE, ReadPreference.PRIMARY)
                                .value()
                                .utf8())
                        .isEqualTo("entry");
            }
        }
    }
}
