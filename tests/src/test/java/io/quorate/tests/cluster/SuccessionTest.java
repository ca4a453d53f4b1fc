package io.quorate.tests.cluster;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.raft.HostConfig;
import io.quorate.topology.ShardDescriptor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a leader's process ends, the others need not wait until they miss its heartbeats. */
class SuccessionTest {
    /** Far beyond the patience of all tests. */
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    Path directory;

    @Test
    void withElectionTimeoutsOfAnHourALeaderIsFoundWhenTheLastOneEnds() {
        AtomicBoolean patient = new AtomicBoolean();
        UnaryOperator<HostConfig> tuning = config -> patient.get()
                ? config.withRaft(config.raft().withElectionTimeout(NEVER, NEVER.multipliedBy(2)))
                : config;
        try (InProcessCluster cluster = new InProcessCluster(directory, List.of(Ledger::new), tuning)) {
            ShardDescriptor shard = cluster.found(3, "s1", Ledger.NAME);
            patient.set(true);
            String leader = cluster.awaitLeader(shard);
            for (String node : List.copyOf(cluster.runningNodes())) {
                if (!node.equals(leader)) {
                    cluster.stop(node);
                    cluster.start(node);
                }
            }
            cluster.awaitLeader(shard);
            try (QuorateClient client = cluster.client(UnaryOperator.identity());
                    Load load = Load.start(client.shard(shard.shard()), 4, 0)) {
                load.awaitMore(20);
                cluster.stop(leader);
                load.awaitMore(20);
                load.stop();
            }
        }
    }
}
