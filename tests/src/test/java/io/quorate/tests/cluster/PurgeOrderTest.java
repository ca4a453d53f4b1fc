package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.raft.BatchLimits;
import io.quorate.statemachine.raft.HostConfig;
import io.quorate.statemachine.raft.RatisSettings;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.statemachine.store.StateSnapshot;
import io.quorate.statemachine.store.StateStore;
import io.quorate.statemachine.store.StateStoreException;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.WriteConcern;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The log goes only behind a checkpoint of which the store has said that it is durable (guarantee 8), not behind one that is being
 * made, and not behind one that failed.
 */
class PurgeOrderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ENTRIES = 400;

    @TempDir
    Path directory;

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch durable = new CountDownLatch(1);
    private final Set<String> failing = ConcurrentHashMap.newKeySet();

    /** A store whose checkpoints lie there long before they are durable, which is when the test says so. */
    private record LateStore(StateStore real, Runnable untilDurable) implements StateStore {
        @Override
        public Position position() {
            return real.position();
        }

        @Override
        public StateView view(Keyspace keyspace) {
            return real.view(keyspace);
        }

        @Override
        public StateSnapshot snapshot() {
            return real.snapshot();
        }

        @Override
        public void write(StateBatch batch, Position position) {
            real.write(batch, position);
        }

        @Override
        public Position checkpoint(Path target) {
            Position position = real.checkpoint(target);
            untilDurable.run();
            return position;
        }

        @Override
        public long diskBytes() {
            return real.diskBytes();
        }

        @Override
        public void close() {
            real.close();
        }
    }

    private void untilDurable() {
        begun.countDown();
        try {
            durable.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!failing.isEmpty()) {
            throw new StateStoreException("planted: the disk did not take it");
        }
    }

    /** Small segments, nothing kept behind a checkpoint, none of its own accord. */
    private HostConfig forgetful(HostConfig config) {
        RatisSettings small = new RatisSettings(
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                128 << 10,
                256 << 10,
                128 << 10,
                256 << 10,
                1,
                1L << 30,
                new BatchLimits(16 << 10, 16 << 10, 1, 4, 4096, 4 << 20));
        return new HostConfig(
                config.cluster(),
                config.self(),
                config.address(),
                config.dataDirectory(),
                (live, checkpoint) -> new LateStore(config.stores().open(live, checkpoint), this::untilDurable),
                config.applications(),
                small,
                Duration.ofDays(1),
                1L << 40,
                0,
                config.tls(),
                config.wallClock());
    }

    private static void fill(HostedShard shard) {
        for (int i = 0; i < ENTRIES; i++) {
            LogRecord record = LogRecord.sessionless(EntryKind.USER, Bytes.utf8(i + " ".repeat(2000)));
            CompletableFuture<?> append = shard.append(record, WriteConcern.MAJORITY, PATIENCE);
            if (i == ENTRIES - 1) {
                assertThat(append.join()).isInstanceOf(Committed.class);
            }
        }
    }

    @Test
    void theLogStaysUntilTheCheckpointIsDurable() {
        try (InProcessCluster cluster = new InProcessCluster(directory, List.of(Ledger::new), this::forgetful)) {
            ShardDescriptor shard = cluster.found(1, "s1", Ledger.NAME);
            HostedShard alone = cluster.leader(shard);
            fill(alone);
            CompletableFuture<Lsn> checkpoint = alone.checkpoint(PATIENCE);
            awaitBegun();
            fill(alone); // the log goes on and rolls meanwhile
            assertThat(checkpoint).isNotDone();
            assertThat(Replicas.firstLoggedIndex(cluster, "n1", shard)).isZero();
            durable.countDown();
            checkpoint.join();
            Awaitility.await("purged behind it")
                    .atMost(PATIENCE)
                    .until(() -> Replicas.firstLoggedIndex(cluster, "n1", shard) > 0);
            assertThat(Replicas.firstLoggedIndex(cluster, "n1", shard))
                    .isLessThanOrEqualTo(newestCheckpoint(cluster, shard) + 1);
        }
    }

    @Test
    void theLogStaysWhenTheCheckpointFails() {
        failing.add("yes");
        durable.countDown();
        try (InProcessCluster cluster = new InProcessCluster(directory, List.of(Ledger::new), this::forgetful)) {
            ShardDescriptor shard = cluster.found(1, "s1", Ledger.NAME);
            HostedShard alone = cluster.leader(shard);
            fill(alone);
            assertThat(alone.checkpoint(PATIENCE)
                            .handle((lsn, failure) -> failure != null)
                            .join())
                    .as("the checkpoint failed")
                    .isTrue();
            assertThat(Replicas.firstLoggedIndex(cluster, "n1", shard)).isZero();
            failing.clear();
            alone.checkpoint(PATIENCE).join();
            Awaitility.await("purged behind the next one")
                    .atMost(PATIENCE)
                    .until(() -> Replicas.firstLoggedIndex(cluster, "n1", shard) > 0);
        }
    }

    private void awaitBegun() {
        Awaitility.await("being made").atMost(PATIENCE).until(() -> begun.getCount() == 0);
    }

    private static long newestCheckpoint(InProcessCluster cluster, ShardDescriptor shard) {
        Path snapshots = cluster.directory("n1").resolve("raft/" + shard.groupId() + "/sm");
        try (var entries = Files.list(snapshots)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.startsWith("checkpoint."))
                    .mapToLong(name -> Long.parseLong(name.substring(name.indexOf('_') + 1)))
                    .max()
                    .orElse(-1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
