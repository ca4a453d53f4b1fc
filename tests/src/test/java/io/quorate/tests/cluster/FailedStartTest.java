package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.raft.HostConfig;
import io.quorate.statemachine.store.StateStoreException;
import io.quorate.statemachine.store.StateStoreFactory;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that cannot start lets go of all that it had opened: once the reason is gone, the same process starts it. */
class FailedStartTest {
    private static final String NODE = "sole";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    /** What stands in the way of the next start. */
    private UnaryOperator<HostConfig> obstacle = UnaryOperator.identity();

    private interface Scenario {
        void run(InProcessCluster cluster, ShardDescriptor first, ShardDescriptor second) throws IOException;
    }

    /** Runs with a stopped node that has two shards; afterwards it must start. */
    private void withStoppedNode(Scenario scenario) throws IOException {
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), config -> obstacle.apply(config))) {
            Peer peer = cluster.define(NODE);
            cluster.start(NODE);
            ShardDescriptor first = cluster.openEverywhere("first", Ledger.NAME, List.of(peer));
            ShardDescriptor second = cluster.openEverywhere("second", Ledger.NAME, List.of(peer));
            cluster.awaitLeader(first);
            cluster.awaitLeader(second);
            cluster.stop(NODE);

            scenario.run(cluster, first, second);

            Awaitility.await("threads of the node that did not start")
                    .atMost(PATIENCE)
                    .until(() -> Thread.getAllStackTraces().keySet().stream()
                            .noneMatch(thread -> thread.getName().startsWith(NODE + "-timer")
                                    || thread.getName().startsWith(NODE + "-worker")));
            obstacle = UnaryOperator.identity();
            cluster.start(NODE);
            assertThat(cluster.awaitLeader(first)).isEqualTo(NODE);
            assertThat(cluster.awaitLeader(second)).isEqualTo(NODE);
        }
    }

    @Test
    void whenItsPortIsTaken() throws IOException {
        withStoppedNode((cluster, first, second) -> {
            int port = Integer.parseInt(cluster.peer(NODE).address().split(":")[1]);
            try (ServerSocket taken = new ServerSocket()) {
                taken.setReuseAddress(true);
                taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                assertThatThrownBy(() -> cluster.start(NODE)).hasStackTraceContaining("cannot listen at");
            }
        });
    }

    @Test
    void whenItsDirectoryIsOfAnotherCluster() throws IOException {
        withStoppedNode((cluster, first, second) -> {
            obstacle = config -> config(config, new ClusterId(UUID.randomUUID()), config.stores());
            assertThatThrownBy(() -> cluster.start(NODE)).hasStackTraceContaining("belongs to cluster");
        });
    }

    @Test
    void whenOneOfItsShardsCannotBeOpened() throws IOException {
        withStoppedNode((cluster, first, second) -> {
            obstacle = config -> config(config, config.cluster(), (live, checkpoint) -> {
                if (live.endsWith(second.groupId().toString())) {
                    throw new StateStoreException("planted");
                }
                return config.stores().open(live, checkpoint);
            });
            assertThatThrownBy(() -> cluster.start(NODE))
                    .hasStackTraceContaining("a shard cannot be opened")
                    .hasStackTraceContaining("planted");
        });
    }

    private static HostConfig config(HostConfig config, ClusterId cluster, StateStoreFactory stores) {
        return new HostConfig(
                cluster,
                config.self(),
                config.address(),
                config.dataDirectory(),
                stores,
                config.applications(),
                config.raft(),
                config.sessions(),
                config.checkpointInterval(),
                config.checkpointBytes(),
                config.diskReserveBytes(),
                config.tls());
    }
}
