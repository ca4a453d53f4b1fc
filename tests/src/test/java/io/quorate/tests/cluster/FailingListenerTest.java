package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.WriteConcern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever takes the outcome of an append may fail at it: the entry is applied all the same, and the replica goes on. */
class FailingListenerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void aListenerThatThrowsParksNothingAndTheOthersOfItsBatchAreAnswered() {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            ShardDescriptor descriptor = cluster.found(1, "s1", Ledger.NAME);
            HostedShard shard = cluster.leader(descriptor);
            List<LogRecord> records = Stream.of("one", "two", "three")
                    .map(text -> LogRecord.sessionless(EntryKind.USER, Bytes.utf8(text)))
                    .toList();
            Map<Integer, AppendOutcome> outcomes = new ConcurrentHashMap<>();
            shard.appendAll(records, WriteConcern.MAJORITY, PATIENCE, (position, outcome) -> {
                outcomes.put(position, outcome);
                if (position == 0) {
                    throw new AssertionError("planted");
                }
            });
            Awaitility.await("all answered").atMost(PATIENCE).until(() -> outcomes.size() == records.size());
            assertThat(outcomes.values())
                    .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Committed.class));
            assertThat(shard.append(records.get(0), WriteConcern.MAJORITY, PATIENCE)
                            .join())
                    .isInstanceOf(Committed.class);
            assertThat(shard.status().health()).isEmpty();
        }
    }
}
