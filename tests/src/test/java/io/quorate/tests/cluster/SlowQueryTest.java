package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.app.StateTransaction;
import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.client.ReadPreference;
import io.quorate.statemachine.client.ShardClient;
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
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.WriteConcern;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application may take its time for a query: it delays neither what is written nor who else reads. */
class SlowQueryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Bytes SLOW = Bytes.utf8("slow");
    private static final Bytes DEAF = Bytes.utf8("deaf");
    private static final Bytes QUICK = Bytes.utf8("quick");

    @TempDir
    Path directory;

    private final Slow application = new Slow();

    /** A slow query is answered when the test says so, or interrupted; a deaf one is not to be interrupted. */
    private static final class Slow implements Application {
        private final Semaphore begun = new Semaphore(0);
        private final Semaphore interrupts = new Semaphore(0);
        private volatile CountDownLatch mayEnd = new CountDownLatch(1);

        @Override
        public String name() {
            return "slow";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public ApplyResult apply(LogEntry entry, StateTransaction transaction) {
            transaction.put(Bytes.utf8("last"), entry.payload());
            return ApplyResult.of(Bytes.EMPTY);
        }

        @Override
        public Bytes query(Bytes query, StateView view) {
            if (query.equals(SLOW)) {
                begun.release();
                try {
                    assertThat(mayEnd.await(60, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            } else if (query.equals(DEAF)) {
                begun.release();
                boolean ended = false;
                while (!ended) {
                    try {
                        ended = mayEnd.await(60, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        interrupts.release();
                    }
                }
            }
            return query;
        }
    }

    private static Lsn write(HostedShard shard, String value) {
        LogRecord record = LogRecord.sessionless(EntryKind.USER, Bytes.utf8(value));
        return ((Committed)
                        shard.append(record, WriteConcern.MAJORITY, PATIENCE).join())
                .lsn();
    }

    private void begins() throws InterruptedException {
        assertThat(application.begun.tryAcquire(60, TimeUnit.SECONDS))
                .as("the slow query is being answered")
                .isTrue();
    }

    private void ends(CompletableFuture<QueryResult> slow) {
        assertThat(slow).isNotDone();
        application.mayEnd.countDown();
        assertThat(slow).succeedsWithin(PATIENCE);
        application.mayEnd = new CountDownLatch(1);
    }

    private static void othersAreServed(HostedShard shard) {
        Lsn written = write(shard, "meanwhile");
        for (ReadConsistency consistency :
                List.of(ReadConsistency.EVENTUAL, new ReadConsistency.Session(written), ReadConsistency.LINEARIZABLE)) {
            assertThat(shard.query(QUICK, consistency, PATIENCE).join().applied())
                    .isGreaterThanOrEqualTo(written);
        }
    }

    @Test
    void aSlowQueryDelaysNoAppendAndNoOtherQueryHoweverItCameToBeReady() throws InterruptedException {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(() -> application), UnaryOperator.identity())) {
            ShardDescriptor descriptor = cluster.found(3, "s1", "slow");
            HostedShard leader = cluster.leader(descriptor);
            Lsn first = write(leader, "first");

            // ready at once, in the caller's thread
            CompletableFuture<QueryResult> eventual = leader.query(SLOW, ReadConsistency.EVENTUAL, PATIENCE);
            begins();
            othersAreServed(leader);
            ends(eventual);

            // ready when the probe has its majority
            CompletableFuture<QueryResult> linearizable = leader.query(SLOW, ReadConsistency.LINEARIZABLE, PATIENCE);
            begins();
            othersAreServed(leader);
            ends(linearizable);

            // ready when an entry is applied
            Lsn next = new Lsn(leader.status().applied().value() + 1);
            CompletableFuture<QueryResult> session = leader.query(SLOW, new ReadConsistency.Session(next), PATIENCE);
            assertThat(write(leader, "awaited")).isEqualTo(next).isGreaterThan(first);
            begins();
            othersAreServed(leader);
            ends(session);
        }
    }

    @Test
    void aReplicaThatClosesInterruptsTheQueryThatItIsAnswering() throws Exception {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(() -> application), UnaryOperator.identity())) {
            ShardDescriptor descriptor = cluster.found(1, "s1", "slow");
            String node = cluster.awaitLeader(descriptor);
            CompletableFuture<QueryResult> slow =
                    cluster.shard(node, descriptor).query(SLOW, ReadConsistency.EVENTUAL, PATIENCE);
            begins();
            cluster.host(node).reopen(descriptor.shard());
            assertThat(slow)
                    .failsWithin(PATIENCE)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(ReadUnavailableException.class)
                    .withMessageContaining("closing on this node");
            assertThat(write(cluster.leader(descriptor), "after")).isNotNull();
        }
    }

    @Test
    void aQueryThatDoesNotReturnKeepsItsStateAndLetsItsReplicaClose() throws Exception {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(() -> application), UnaryOperator.identity())) {
            ShardDescriptor descriptor = cluster.found(1, "s1", "slow");
            String node = cluster.awaitLeader(descriptor);
            write(cluster.leader(descriptor), "before");
            CompletableFuture<QueryResult> deaf =
                    cluster.shard(node, descriptor).query(DEAF, ReadConsistency.EVENTUAL, PATIENCE);
            begins();
            CompletableFuture<Void> reopened = CompletableFuture.runAsync(() -> reopen(cluster, node, descriptor));
            assertThat(reopened)
                    .as("closed, and not opened while its state is read")
                    .failsWithin(PATIENCE)
                    .withThrowableThat()
                    .withStackTraceContaining("is in use by another store of this process");
            assertThat(application.interrupts.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
            application.mayEnd.countDown();
            assertThat(deaf).succeedsWithin(PATIENCE);
            Awaitility.await("opened by itself")
                    .atMost(PATIENCE)
                    .until(() -> cluster.shard(node, descriptor).status().leads());
            assertThat(write(cluster.leader(descriptor), "after")).isNotNull();
        }
    }

    private static void reopen(InProcessCluster cluster, String node, ShardDescriptor descriptor) {
        try {
            cluster.host(node).reopen(descriptor.shard());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aClientsSlowQueryDelaysNothingElseOnItsConnection() throws InterruptedException {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(() -> application), UnaryOperator.identity())) {
            ShardDescriptor descriptor = cluster.found(1, "s1", "slow");
            cluster.awaitLeader(descriptor);
            try (QuorateClient client = cluster.client(UnaryOperator.identity())) {
                ShardClient shard = client.shard(descriptor.shard());
                assertThat(shard.appendAndWait(Bytes.utf8("first"))).isInstanceOf(Committed.class);
                CompletableFuture<QueryResult> slow =
                        shard.query(SLOW, ReadConsistency.EVENTUAL, ReadPreference.PRIMARY);
                begins();
                assertThat(shard.appendAndWait(Bytes.utf8("meanwhile"))).isInstanceOf(Committed.class);
                assertThat(shard.query(QUICK, ReadConsistency.EVENTUAL, ReadPreference.PRIMARY))
                        .succeedsWithin(PATIENCE);
                ends(slow);
            }
        }
    }
}
