package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.app.StateTransaction;
import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.host.QueryResult;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.WriteConcern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A query is one operation: all that it reads is of one state, and its answer names the LSN of that state. */
class QueryIsolationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    /** Every entry sets two keys to the same value; a query reads one, then lets others write, then reads the other. */
    private static final class Twins implements Application {
        private final CountDownLatch readOne = new CountDownLatch(1);
        private final CountDownLatch written = new CountDownLatch(1);

        @Override
        public String name() {
            return "twins";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public ApplyResult apply(LogEntry entry, StateTransaction transaction) {
            transaction.put(Bytes.utf8("a"), entry.payload());
            transaction.put(Bytes.utf8("b"), entry.payload());
            return ApplyResult.of(Bytes.EMPTY);
        }

        @Override
        public Bytes query(Bytes query, StateView view) {
            String first = view.get(Bytes.utf8("a")).orElseThrow().utf8();
            readOne.countDown();
            await(written);
            StringBuilder scanned = new StringBuilder();
            view.scan(
                    Bytes.EMPTY,
                    java.util.Optional.empty(),
                    (key, value) -> scanned.append(' ').append(value.utf8()) != null);
            return Bytes.utf8(
                    first + " " + view.get(Bytes.utf8("b")).orElseThrow().utf8() + scanned);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Lsn write(HostedShard shard, String value) {
        LogRecord record = LogRecord.sessionless(EntryKind.USER, Bytes.utf8(value));
        return ((Committed)
                        shard.append(record, WriteConcern.MAJORITY, PATIENCE).join())
                .lsn();
    }

    @Test
    void allReadsOfAQuerySeeOneStateWhileOthersWriteAndItsLsnIsNamed() {
        Twins twins = new Twins();
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(() -> twins), UnaryOperator.identity())) {
            ShardDescriptor descriptor = cluster.found(1, "s1", "twins");
            HostedShard shard = cluster.leader(descriptor);
            Lsn seven = write(shard, "7");
            CompletableFuture<QueryResult> query =
                    CompletableFuture.supplyAsync(() -> shard.query(Bytes.EMPTY, ReadConsistency.LINEARIZABLE, PATIENCE)
                            .join());
            await(twins.readOne);
            Lsn eight = write(shard, "8");
            twins.written.countDown();

            QueryResult during = query.orTimeout(60, TimeUnit.SECONDS).join();
            assertThat(during.value().utf8()).isEqualTo("7 7 7 7");
            assertThat(during.applied()).isEqualTo(seven);
            QueryResult after =
                    shard.query(Bytes.EMPTY, ReadConsistency.EVENTUAL, PATIENCE).join();
            assertThat(after.value().utf8()).isEqualTo("8 8 8 8");
            assertThat(after.applied()).isEqualTo(eight);
        }
    }
}
