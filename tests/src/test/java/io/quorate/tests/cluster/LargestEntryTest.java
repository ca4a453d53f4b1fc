package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.raft.BatchLimits;
import io.quorate.statemachine.raft.HostConfig;
import io.quorate.statemachine.raft.RatisSettings;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The largest batch that settings allow is an entry that Ratis takes: for one too large its leader would step down. */
class LargestEntryTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    /** As {@code RatisSettings} allows at most. */
    private static final int MARGIN = 1024;

    private static final int RECORDS = 2048;

    @TempDir
    Path directory;

    private static BatchLimits limits(HostConfig config) {
        int largest = config.raft().appenderBytes() - MARGIN;
        return new BatchLimits(largest, largest, RECORDS, 4, 1 << 16, 64 << 20);
    }

    private static HostConfig largest(HostConfig config) {
        return config.withRaft(config.raft().withBatches(limits(config)));
    }

    private static LogRecord record(int length) {
        return LogRecord.sessionless(EntryKind.USER, Bytes.wrap(new byte[length - LogRecord.HEADER_BYTES]));
    }

    @Test
    void theLargestRecordAndTheLargestBatchAreCommittedAndOneByteMoreIsRefused() {
        int appender = RatisSettings.lan().appenderBytes();
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), LargestEntryTest::largest)) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            HostedShard leader = cluster.leader(shard);
            long epoch = leader.status().epoch();
            AppendOutcome one = leader.append(record(appender - MARGIN), WriteConcern.ALL, TIMEOUT)
                    .join();
            assertThat(one).isInstanceOfSatisfying(Committed.class, committed -> assertThat(committed.missing())
                    .isEmpty());
            assertThat(leader.append(record(appender - MARGIN + 1), WriteConcern.ALL, TIMEOUT)
                            .join())
                    .isInstanceOfSatisfying(Rejected.class, rejected -> assertThat(rejected.reason())
                            .isEqualTo(RejectReason.TOO_LARGE));

            List<LogRecord> full = Collections.nCopies(RECORDS, record((appender - MARGIN) / RECORDS));
            List<AppendOutcome> outcomes = new CopyOnWriteArrayList<>();
            CompletableFuture<Void> all = new CompletableFuture<>();
            leader.appendAll(full, WriteConcern.MAJORITY, TIMEOUT, (position, outcome) -> {
                outcomes.add(outcome);
                if (outcomes.size() == RECORDS) {
                    all.complete(null);
                }
            });
            all.join();
            assertThat(outcomes).hasOnlyElementsOfType(Committed.class);
            assertThat(leader.status().epoch()).as("nobody stepped down").isEqualTo(epoch);
            Replicas.assertEqualState(cluster, shard);
        }
    }
}
