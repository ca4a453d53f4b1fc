package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.quorate.statemachine.client.ClientConfig;
import io.quorate.statemachine.client.ClientThreads;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.metrics.MetricName;
import io.quorate.statemachine.metrics.RatisMetricsBridge;
import io.quorate.statemachine.raft.BatchLimits;
import io.quorate.statemachine.raft.HostConfig;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.WriteConcern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that know nothing of one another, with one append each: the leader puts what waits of all of them into few entries. */
class ConnectionSharingTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CONNECTIONS = 256;
    /** One for what waited, and what a leader may log of its own. */
    private static final int FEW = 4;

    @TempDir
    Path directory;

    private final CountDownLatch gate = new CountDownLatch(1);
    private final List<QuorateClient> clients = new ArrayList<>();

    private void hold(LogEntry entry) {
        if (entry.payload().utf8().equals("hold")) {
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static HostConfig pipeline(HostConfig config, int batches) {
        BatchLimits usual = BatchLimits.DEFAULT;
        return config.withRaft(config.raft()
                .withBatches(new BatchLimits(
                        usual.maxRecordBytes(),
                        usual.maxBatchBytes(),
                        usual.maxBatchRecords(),
                        batches,
                        usual.maxQueuedRecords(),
                        usual.maxQueuedBytes())));
    }

    /** What the leader did so far. */
    private record Work(long batches, long entries, long flushes) {
        static Work of(HostedShard leader) {
            MetricRegistry metrics = leader.metrics();
            long batches = metrics.getHistograms()
                    .get("quorate.batch.records;shard=s1")
                    .getCount();
            return new Work(batches, leader.status().committedIndex(), flushes(leader));
        }

        /** Times that Ratis made the log of this replica durable. */
        private static long flushes(HostedShard leader) {
            String self = leader.status().self().toString();
            return RatisMetricsBridge.active().orElseThrow().metrics().getTimers().entrySet().stream()
                    .filter(timer -> {
                        MetricName name = MetricName.parse(timer.getKey());
                        return name.name().equals("ratis_log_worker_flush_time")
                                && self.equals(name.labels().get("peer"));
                    })
                    .mapToLong(timer -> timer.getValue().getCount())
                    .sum();
        }
    }

    private List<CompletableFuture<AppendOutcome>> appendByEach(ShardDescriptor shard, String what) {
        List<CompletableFuture<AppendOutcome>> appends = new ArrayList<>();
        for (int i = 0; i < clients.size(); i++) {
            appends.add(clients.get(i).shard(shard.shard()).append(Bytes.utf8(what + " " + i)));
        }
        return appends;
    }

    private static Map<Lsn, String> acknowledged(List<CompletableFuture<AppendOutcome>> appends, String what) {
        Map<Lsn, String> acknowledged = new TreeMap<>();
        for (int i = 0; i < appends.size(); i++) {
            AppendOutcome outcome = appends.get(i).join();
            assertThat(outcome).isInstanceOf(Committed.class);
            acknowledged.put(((Committed) outcome).lsn(), what + " " + i);
        }
        assertThat(acknowledged).hasSize(appends.size());
        return acknowledged;
    }

    @Test
    void appendsOfManyConnectionsShareRaftEntriesAndFsyncs() {
        try (InProcessCluster cluster = new InProcessCluster(
                        directory, List.of(() -> new Ledger(this::hold)), config -> pipeline(config, 1));
                ClientThreads threads = ClientThreads.of(2)) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            HostedShard leader = cluster.leader(shard);
            String[] seeds = cluster.runningNodes().stream()
                    .map(node -> cluster.peer(node).address())
                    .toArray(String[]::new);
            for (int i = 0; i < CONNECTIONS; i++) {
                clients.add(QuorateClient.create(ClientConfig.of(seeds).withTimeout(PATIENCE), threads));
            }
            try {
                // all are connected and have their sessions: what is counted below is appends alone
                acknowledged(appendByEach(shard, "first"), "first");
                CompletableFuture<AppendOutcome> held =
                        clients.get(0).shard(shard.shard()).append(Bytes.utf8("hold"));
                Awaitility.await("in the pipeline")
                        .atMost(PATIENCE)
                        .until(() -> gauge(leader, "quorate.batcher.in_flight") == 1);
                Work before = Work.of(leader);
                List<CompletableFuture<AppendOutcome>> appends = appendByEach(shard, "second");
                Awaitility.await("all have arrived and wait behind it")
                        .atMost(PATIENCE)
                        .until(() -> gauge(leader, "quorate.batcher.queued.records") == CONNECTIONS);
                assertThat(appends).noneMatch(CompletableFuture::isDone);
                gate.countDown();
                assertThat(held.join()).isInstanceOf(Committed.class);
                Map<Lsn, String> acknowledged = acknowledged(appends, "second");
                Work after = Work.of(leader);
                assertThat(after.batches() - before.batches())
                        .as("batches for %s appends", CONNECTIONS)
                        .isBetween(1L, (long) FEW);
                assertThat(after.entries() - before.entries())
                        .as("Raft entries for %s appends", CONNECTIONS)
                        .isBetween(1L, (long) FEW);
                assertThat(after.flushes() - before.flushes())
                        .as("fsyncs of the leader's log for %s appends", CONNECTIONS)
                        .isBetween(1L, (long) FEW);
                Replicas.assertEqualState(cluster, shard);
                Replicas.assertExactlyOnce(leader, acknowledged);
            } finally {
                gate.countDown(); // or the cluster would not close behind a failure
                clients.forEach(QuorateClient::close);
            }
        }
    }

    @Test
    void furtherBatchesAreCommittedWhileTheFirstIsStillBeingApplied() {
        int pipeline = 3;
        try (InProcessCluster cluster = new InProcessCluster(
                directory, List.of(() -> new Ledger(this::hold)), config -> pipeline(config, pipeline))) {
            try {
                holdTheFirstAndFillThePipeline(cluster, pipeline);
            } finally {
                gate.countDown();
            }
        }
    }

    private void holdTheFirstAndFillThePipeline(InProcessCluster cluster, int pipeline) {
        ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
        HostedShard leader = cluster.leader(shard);
        // a leader that has just begun may still gather what comes: it is to be ready
        assertThat(append(leader, "first").join()).isInstanceOf(Committed.class);
        long before = leader.status().committedIndex();
        List<CompletableFuture<AppendOutcome>> appends = new ArrayList<>();
        for (int i = 0; i < 2 * pipeline; i++) {
            appends.add(append(leader, i == 0 ? "hold" : "entry " + i));
        }
        Awaitility.await("as many batches committed as may be in flight")
                .atMost(PATIENCE)
                .until(() -> leader.status().committedIndex() >= before + pipeline);
        assertThat(gauge(leader, "quorate.batcher.in_flight")).isEqualTo(pipeline);
        assertThat(gauge(leader, "quorate.batcher.queued.records"))
                .as("no more than the limit is on the way")
                .isEqualTo(pipeline);
        assertThat(appends).noneMatch(CompletableFuture::isDone);
        assertThat(leader.status().applied()).isEqualTo(new Lsn(1));
        gate.countDown();
        for (int i = 0; i < appends.size(); i++) {
            AppendOutcome outcome = appends.get(i).join();
            assertThat(outcome).isInstanceOf(Committed.class);
            assertThat(((Committed) outcome).lsn().value()).isEqualTo(i + 2L);
        }
        Replicas.assertEqualState(cluster, shard);
    }

    private static CompletableFuture<AppendOutcome> append(HostedShard leader, String text) {
        return leader.append(LogRecord.sessionless(EntryKind.USER, Bytes.utf8(text)), WriteConcern.MAJORITY, PATIENCE);
    }

    private static long gauge(HostedShard shard, String name) {
        return ((Number) shard.metrics().getGauges().get(name + ";shard=s1").getValue()).longValue();
    }
}
