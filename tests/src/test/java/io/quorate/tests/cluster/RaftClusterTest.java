package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.app.StateTransaction;
import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.WriteConcern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaftClusterTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    /** Keeps every payload under its LSN. */
    static final class Keep implements Application {
        @Override
        public String name() {
            return "keep";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public ApplyResult apply(LogEntry entry, StateTransaction transaction) {
            transaction.put(Bytes.utf8(String.format("%019d", entry.lsn().value())), entry.payload());
            return ApplyResult.OK;
        }

        @Override
        public Bytes query(Bytes query, StateView view) {
            return view.get(query).orElse(Bytes.EMPTY);
        }
    }

    private static LogRecord record(String text) {
        return LogRecord.sessionless(EntryKind.USER, Bytes.utf8(text));
    }

    @Test
    void appendsAreCommittedInOrderAndReadBackEverywhere() {
        try (InProcessCluster cluster = new InProcessCluster(directory, List.of(Keep::new), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(3, "s1", "keep");
            String leader = cluster.awaitLeader(shard);
            List<CompletableFuture<AppendOutcome>> outcomes = new ArrayList<>();
            for (int i = 1; i <= 1000; i++) {
                outcomes.add(cluster.shard(leader, shard).append(record("entry " + i), WriteConcern.MAJORITY, TIMEOUT));
            }
            for (int i = 1; i <= 1000; i++) {
                AppendOutcome outcome = outcomes.get(i - 1).join();
                assertThat(outcome).isInstanceOf(AppendOutcome.Committed.class);
                assertThat(((AppendOutcome.Committed) outcome).lsn().value()).isEqualTo(i);
            }
            for (String node : cluster.runningNodes()) {
                HostedShard replica = cluster.shard(node, shard);
                Bytes key = Bytes.utf8(String.format("%019d", 1000));
                assertThat(replica.query(key, ReadConsistency.LINEARIZABLE, TIMEOUT)
                                .join()
                                .value()
                                .utf8())
                        .isEqualTo("entry 1000");
            }
            AppendOutcome all = cluster.shard(leader, shard)
                    .append(record("all"), WriteConcern.ALL, TIMEOUT)
                    .join();
            assertThat(all).isInstanceOf(AppendOutcome.Committed.class);
            assertThat(((AppendOutcome.Committed) all).missing()).isEmpty();
            AppendOutcome one = cluster.shard(leader, shard)
                    .append(record("one"), WriteConcern.ONE, TIMEOUT)
                    .join();
            assertThat(one).isNotInstanceOfAny(AppendOutcome.Rejected.class, AppendOutcome.Indeterminate.class);
        }
    }

    @Test
    void everythingIsThereAfterARestartOfAllNodes() {
        try (InProcessCluster cluster = new InProcessCluster(directory, List.of(Keep::new), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(3, "s1", "keep");
            String leader = cluster.awaitLeader(shard);
            for (int i = 1; i <= 50; i++) {
                assertThat(cluster.shard(leader, shard)
                                .append(record("entry " + i), WriteConcern.MAJORITY, TIMEOUT)
                                .join())
                        .isInstanceOf(AppendOutcome.Committed.class);
                if (i == 25) {
                    cluster.shard(leader, shard).checkpoint(TIMEOUT).join();
                }
            }
            List.of("n1", "n2", "n3").forEach(cluster::stop);
            List.of("n1", "n2", "n3").forEach(cluster::start);
            cluster.awaitLeader(shard);
            for (String node : cluster.runningNodes()) {
                HostedShard replica = cluster.shard(node, shard);
                Awaitility.await()
                        .atMost(TIMEOUT)
                        .until(() -> replica.status().applied().value() >= 50);
                Bytes key = Bytes.utf8(String.format("%019d", 50));
                assertThat(replica.query(key, ReadConsistency.EVENTUAL, TIMEOUT)
                                .join()
                                .value()
                                .utf8())
                        .isEqualTo("entry 50");
            }
        }
    }
}
