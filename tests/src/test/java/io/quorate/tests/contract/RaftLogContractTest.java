package io.quorate.tests.contract;

import io.quorate.tests.cluster.InProcessCluster;
import io.quorate.tests.cluster.Ledger;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.ReplicatedLog;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class RaftLogContractTest extends ReplicatedLogContract {
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
        return cluster.leader(cluster.openEverywhere("alone", Ledger.NAME, List.of(cluster.peer("n1"))));
    }

    @Override
    protected int tooLarge() {
        return 4 << 20;
    }
}
