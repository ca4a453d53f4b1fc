package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.WriteConcern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardMetricsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void aReplicaMeasuresBatchesApplyAnswersRefusalsProbesCheckpointsAndSessions() {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            int acknowledged;
            try (QuorateClient client = cluster.client(UnaryOperator.identity());
                    Load load = Load.start(client.shard(shard.shard()), 8, 10)) {
                load.awaitMore(200);
                load.stop();
                acknowledged = load.acknowledgedSoFar();
                MetricRegistry leader = cluster.leader(shard).metrics();
                assertThat(gauge(leader, "quorate.sessions;shard=s1")).isPositive();
                assertThat(gauge(leader, "quorate.batcher.queued.records;shard=s1"))
                        .isZero();
                assertThat(gauge(leader, "quorate.batcher.queued.bytes;shard=s1"))
                        .isZero();
            }
            HostedShard replica = cluster.leader(shard);
            MetricRegistry leader = replica.metrics();
            long batches =
                    leader.getHistograms().get("quorate.batch.records;shard=s1").getCount();
            assertThat(batches).isPositive().isLessThanOrEqualTo(acknowledged + 10L);
            assertThat(leader.getHistograms()
                            .get("quorate.batch.bytes;shard=s1")
                            .getCount())
                    .isEqualTo(batches);
            assertThat(leader.getTimers().get("quorate.batch.answer;shard=s1").getCount())
                    .isEqualTo(batches);
            assertThat(leader.getTimers().get("quorate.apply;shard=s1").getCount())
                    .isGreaterThanOrEqualTo(batches);

            replica.readBarrier(ReadConsistency.LINEARIZABLE, PATIENCE).join();
            assertThat(leader.getTimers().get("quorate.read.probe;shard=s1").getCount())
                    .isPositive();
            replica.checkpoint(PATIENCE).join();
            assertThat(leader.getTimers().get("quorate.checkpoint;shard=s1").getCount())
                    .isOne();

            HostedShard follower = cluster.shard(cluster.follower(shard), shard);
            LogRecord stray = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("stray"));
            follower.append(stray, WriteConcern.MAJORITY, PATIENCE).join();
            assertThat(follower.metrics()
                            .getCounters()
                            .get("quorate.rejects;reason=not_leader;shard=s1")
                            .getCount())
                    .isOne();
        }
    }

    private static long gauge(MetricRegistry registry, String name) {
        return ((Number) registry.getGauges().get(name).getValue()).longValue();
    }
}
