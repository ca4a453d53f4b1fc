package io.quorate.tests.contract;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.tests.cluster.InProcessCluster;
import io.quorate.tests.cluster.Ledger;
import io.quorate.tests.contract.FaultyLog.Fault;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.ReplicatedLog;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RaftLogContractTest extends ReplicatedLogContract {
    private static final int TOO_LARGE = 4 << 20;

    @TempDir
    static Path directory;

    private static InProcessCluster cluster;
    private static ShardDescriptor shard;

    @BeforeAll
    static void found() {
        cluster = new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity());
        shard = cluster.found(3, "s1", Ledger.NAME);
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    @Override
    protected List<ReplicatedLog> replicas() {
        return cluster.runningNodes().stream()
                .map(node -> (ReplicatedLog) cluster.shard(node, shard))
                .toList();
    }

    @Override
    protected ReplicatedLog leader() {
        return cluster.leader(shard);
    }

    @Override
    protected ReplicatedLog closeable() {
        return alone("alone");
    }

    private static ReplicatedLog alone(String name) {
        return cluster.leader(cluster.openEverywhere(name, Ledger.NAME, List.of(cluster.peer("n1"))));
    }

    @Override
    protected int tooLarge() {
        return TOO_LARGE;
    }

    /** The same replicas, each behind a fault. */
    private static final class Behind extends ReplicatedLogContract {
        private final Fault fault;

        Behind(Fault fault) {
            this.fault = fault;
        }

        private ReplicatedLog planted(ReplicatedLog log) {
            return fault.of(log, () -> cluster.leader(shard));
        }

        @Override
        protected List<ReplicatedLog> replicas() {
            return cluster.runningNodes().stream()
                    .map(node -> planted(cluster.shard(node, shard)))
                    .toList();
        }

        @Override
        protected ReplicatedLog leader() {
            return planted(cluster.leader(shard));
        }

        @Override
        protected ReplicatedLog closeable() {
            return planted(alone("alone-" + fault.ordinal()));
        }

        @Override
        protected int tooLarge() {
            return TOO_LARGE;
        }
    }

    @ParameterizedTest
    @EnumSource
    void theContractFindsALogThat(Fault fault) {
        assertThatThrownBy(() -> fault.runTestOf(new Behind(fault)))
                .isInstanceOfAny(AssertionError.class, CompletionException.class);
    }
}
