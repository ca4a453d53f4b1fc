package io.quorate.cli.bench.load;

import io.quorate.cli.bench.system.LoadTarget;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** One operation of one client; the generators know nothing else of the system. */
@FunctionalInterface
public interface LoadOperation {
    /** Distinct values in use: enough that equal neighbours are rare, few enough to stay small. */
    int VALUES = 16;

    /**
     * Begins the operation.
     *
     * @param client from 0
     * @param sequence distinct for each operation of this client, from 0
     */
    CompletableFuture<Void> begin(int client, long sequence);

    /** The operations of a workload, its clients spread over the targets in turn; values are random bytes, the same in each run. */
    static LoadOperation of(Workload workload, List<? extends LoadTarget> targets) {
        if (targets.size() != workload.connections()) {
            throw new IllegalArgumentException(
                    targets.size() + " targets for " + workload.connections() + " connections");
        }
        LoadTarget[] byConnection = targets.toArray(LoadTarget[]::new);
        if (workload.kind() == OperationKind.READ) {
            return (client, sequence) -> byConnection[client % byConnection.length].read(client, sequence);
        }
        byte[][] values = new byte[VALUES][workload.requestBytes()];
        SplittableRandom random = new SplittableRandom(1);
        for (byte[] value : values) {
            random.nextBytes(value);
        }
        return (client, sequence) -> byConnection[client % byConnection.length].append(
                client, sequence, values[(int) ((client + sequence) % VALUES)]);
    }
}
