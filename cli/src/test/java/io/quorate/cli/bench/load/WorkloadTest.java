package io.quorate.cli.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quorate.cli.bench.system.LoadTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class WorkloadTest {
    @Test
    void impossibleWorkloadsAreRefusedWithTheValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Workload.closedAppends(0, 1, 8))
                .withMessageContaining("clients not in 1..");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Workload.closedAppends(1024, 4096, 8))
                .withMessageContaining("clients * outstanding")
                .withMessageContaining("4194304");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Workload(OperationKind.APPEND, LoadMode.CLOSED, 2, 1, 3, 8, 1, 0))
                .withMessageContaining("connections not in 1..2: 3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Workload(OperationKind.APPEND, LoadMode.OPEN, 2, 1, 1, 8, 1, 0))
                .withMessageContaining("an open loop needs a rate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Workload(OperationKind.APPEND, LoadMode.CLOSED, 2, 1, 1, 8, 1, 5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Workload.closedAppends(1, 1, 1 << 20).packed(128))
                .withMessageContaining("valueBytes * entriesPerRequest");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Workload(OperationKind.READ, LoadMode.BLOCKING, 5000, 1, 1, 8, 1, 0))
                .withMessageContaining("blocking");
    }

    @Test
    void clientsAreSpreadOverConnectionsAndPackedEntriesAreOneValue() {
        Workload workload = new Workload(OperationKind.APPEND, LoadMode.CLOSED, 4, 1, 2, 100, 3, 0);
        List<String> calls = new ArrayList<>();

        LoadOperation operation = LoadOperation.of(workload, List.of(target(0, calls), target(1, calls)));
        operation.begin(0, 0);
        operation.begin(3, 9);

        assertThat(calls).containsExactly("0: append 0 0 300", "1: append 3 9 300");
    }

    @Test
    void readsGoToTheReadOfTheTarget() {
        Workload workload = new Workload(OperationKind.READ, LoadMode.CLOSED, 1, 1, 1, 100, 1, 0);
        List<String> calls = new ArrayList<>();

        LoadOperation.of(workload, List.of(target(0, calls))).begin(0, 5);

        assertThat(calls).containsExactly("0: read 0 5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadOperation.of(workload, List.of()))
                .withMessageContaining("0 targets for 1 connections");
    }

    private static LoadTarget target(int connection, List<String> calls) {
        return new LoadTarget() {
            @Override
            public CompletableFuture<Void> append(int writer, long sequence, byte[] value) {
                calls.add(connection + ": append " + writer + " " + sequence + " " + value.length);
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public CompletableFuture<Void> read(int reader, long sequence) {
                calls.add(connection + ": read " + reader + " " + sequence);
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public void close() {
                calls.add(connection + ": close");
            }
        };
    }
}
