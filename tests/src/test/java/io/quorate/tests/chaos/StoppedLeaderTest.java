package io.quorate.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.host.QueryResult;
import io.quorate.wal.log.ReadConsistency;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A leader process stopped by a signal while another is elected and a newer value is acknowledged. Reads are sent to the stopped one and
 * wait in its socket, beside answers of followers that it had asked before; it goes on and meets them while it still takes itself for the
 * leader. A read that begins after the acknowledgement must not end with the old value.
 */
@Tag("chaos")
class StoppedLeaderTest {
    private static final int ROUNDS = Integer.getInteger("chaos.rounds", 40);
    private static final int READS = 8;
    private static final int LOAD = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    /** The same reads at EVENTUAL show that the old leader does answer, and with the old value. */
    @Test
    void linearizableReadsAreNeverStaleWhereEventualOnesAre() throws Exception {
        ReadCounts linearizable = new ReadCounts();
        ReadCounts eventual = new ReadCounts();
        try (ChaosCluster cluster = ChaosCluster.start(directory.resolve("nodes"), UnaryOperator.identity());
                QuorateClient writer = cluster.client(PATIENCE)) {
            for (int round = 0; round < ROUNDS; round++) {
                round(cluster, writer, round, linearizable, eventual);
            }
            cluster.awaitEqualReplicas(ChaosCluster.KV);
        }
        Report report = Report.begin("stopped-leader", 0);
        report.add("stopped leader, " + ROUNDS + " rounds: LINEARIZABLE " + linearizable + "; EVENTUAL " + eventual);
        assertThat(linearizable.stale()).as("%s", linearizable).isZero();
        assertThat(eventual.stale())
                .as("the control: the old leader did not answer")
                .isPositive();
    }

    private static void round(
            ChaosCluster cluster, QuorateClient writer, int round, ReadCounts linearizable, ReadCounts eventual)
            throws Exception {
        String before = "before " + round;
        String after = "after " + round;
        RegisterReads.write(writer, before);
        int old = awaitOneLeader(cluster);
        List<CompletableFuture<QueryResult>> strict = new ArrayList<>();
        List<CompletableFuture<QueryResult>> lax = new ArrayList<>();
        try (RegisterReads reads = new RegisterReads(cluster.client(PATIENCE), ReadConsistency.LINEARIZABLE);
                RegisterReads controls = new RegisterReads(cluster.client(PATIENCE), ReadConsistency.EVENTUAL);
                RegisterReads load = new RegisterReads(cluster.client(PATIENCE), ReadConsistency.LINEARIZABLE)) {
            reads.awaitValue(before);
            controls.awaitValue(before);
            load.awaitValue(before);
            // Probes are on their way when it stops: their answers must serve no read that comes later.
            load.askAndAwaitSent(LOAD);
            cluster.nodes().process(old).pause();
            try {
                RegisterReads.write(writer, after);
                strict.addAll(reads.askAndAwaitSent(READS));
                lax.addAll(controls.askAndAwaitSent(READS));
            } finally {
                cluster.nodes().process(old).resume();
            }
            strict.addAll(reads.ask(READS));
            lax.addAll(controls.ask(READS));
            linearizable.note(after, values(strict));
            eventual.note(after, values(lax));
        }
    }

    private static int awaitOneLeader(ChaosCluster cluster) {
        return Awaitility.await("one leader")
                .atMost(PATIENCE)
                .until(() -> cluster.claimingToLead(ChaosCluster.KV), claiming -> claiming.size() == 1)
                .get(0);
    }

    private static List<Optional<String>> values(List<CompletableFuture<QueryResult>> reads) throws Exception {
        List<Optional<String>> values = new ArrayList<>();
        for (CompletableFuture<QueryResult> read : reads) {
            values.add(RegisterReads.value(read));
        }
        return values;
    }
}
