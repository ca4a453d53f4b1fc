package io.quorate.tests.contract;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.tests.contract.FaultyLog.Fault;
import io.quorate.topology.Peer;
import io.quorate.wal.log.ReplicatedLog;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RaftLogContractTest extends ReplicatedLogContract {
    private static final int TOO_LARGE = 4 << 20;

    @TempDir
    static Path directory;

    private static RaftLogs logs;

    @BeforeAll
    static void found() {
        logs = new RaftLogs(directory);
    }

    @AfterAll
    static void close() {
        logs.close();
    }

    @Override
    protected List<ReplicatedLog> replicas() {
        return logs.replicas();
    }

    @Override
    protected ReplicatedLog leader() {
        return logs.leader();
    }

    @Override
    protected ReplicatedLog closeable() {
        return logs.alone();
    }

    @Override
    protected ReplicatedLog reopened(ReplicatedLog closeable) {
        return logs.reopened(closeable);
    }

    @Override
    protected Peer newcomer(ReplicatedLog closeable) {
        return logs.newcomer(closeable);
    }

    @Override
    protected ReplicatedLog leaderOfNobody() {
        return logs.leaderOfNobody();
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
            return fault.of(log, logs::leader);
        }

        @Override
        protected List<ReplicatedLog> replicas() {
            return logs.replicas().stream().map(this::planted).toList();
        }

        @Override
        protected ReplicatedLog leader() {
            return planted(logs.leader());
        }

        @Override
        protected ReplicatedLog closeable() {
            return planted(logs.alone());
        }

        @Override
        protected ReplicatedLog reopened(ReplicatedLog closeable) {
            return planted(logs.reopened(closeable));
        }

        @Override
        protected Peer newcomer(ReplicatedLog closeable) {
            return logs.newcomer(closeable);
        }

        @Override
        protected ReplicatedLog leaderOfNobody() {
            return planted(logs.leaderOfNobody());
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
