package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.WriteConcern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One append now and then, and a checkpoint behind each: what is kept on disk does not grow with them. */
class QuietShardTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int KEPT = 2;

    @TempDir
    Path directory;

    private static long checkpoints(Path group) throws IOException {
        try (Stream<Path> entries = Files.list(group.resolve("sm"))) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("checkpoint."))
                    .count();
        }
    }

    @Test
    void checkpointsOfAQuietShardDoNotPileUp() throws IOException {
        try (InProcessCluster cluster = new InProcessCluster(
                directory, List.of(Ledger::new), config -> config.withCheckpoints(Duration.ofDays(1), 1L << 40))) {
            ShardDescriptor shard = cluster.found(1, "s1", Ledger.NAME);
            HostedShard alone = cluster.leader(shard);
            Path group = cluster.directory("n1").resolve("raft/" + shard.groupId());
            for (int round = 1; round <= 5; round++) {
                LogRecord record = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("entry " + round));
                assertThat(alone.append(record, WriteConcern.MAJORITY, PATIENCE).join())
                        .isInstanceOf(Committed.class);
                assertThat(alone.checkpoint(PATIENCE).join().value()).isEqualTo(round);
                Awaitility.await("at most " + KEPT + " checkpoints after round " + round)
                        .until(() -> checkpoints(group) <= KEPT);
            }
        }
    }
}
