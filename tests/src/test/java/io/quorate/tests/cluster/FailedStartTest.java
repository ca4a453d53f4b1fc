package io.quorate.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.raft.HostConfig;
import io.quorate.statemachine.store.StateStoreException;
import io.quorate.statemachine.store.StateStoreFactory;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.WriteConcern;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.apache.ratis.util.CodeInjectionForTesting;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be opened: a node lets go of all that it had opened, a shard is tried again. Once the reason is gone, it opens. */
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
                            .noneMatch(thread -> thread.getName().startsWith(NODE + "-")));
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

    @Test
    void aShardThatCannotBeOpenedAgainIsOpenedOnceItCan() throws IOException {
        AtomicBoolean broken = new AtomicBoolean();
        obstacle = config -> config(config, config.cluster(), (live, checkpoint) -> {
            if (broken.get()) {
                throw new StateStoreException("planted");
            }
            return config.stores().open(live, checkpoint);
        });
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), config -> obstacle.apply(config))) {
            ShardDescriptor shard = cluster.found(1, "s1", Ledger.NAME);
            cluster.awaitLeader(shard);
            broken.set(true);
            assertThatThrownBy(() -> cluster.host("n1").reopen(shard.shard())).hasStackTraceContaining("planted");
            assertThat(cluster.shard("n1", shard).status().health()).isPresent();
            broken.set(false);
            LogRecord record = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("behind the reopening"));
            assertThat(cluster.leader(shard)
                            .append(record, WriteConcern.MAJORITY, PATIENCE)
                            .join())
                    .isInstanceOf(Committed.class);
            assertThat(cluster.shard("n1", shard).status().health()).isEmpty();
        }
    }

    @Test
    void aShardThatFailsBehindItsStateMachineIsOpenedOnceItCan() {
        String started = "RaftServerImpl.startComplete";
        try (InProcessCluster cluster =
                new InProcessCluster(directory, List.of(Ledger::new), UnaryOperator.identity())) {
            ShardDescriptor shard = cluster.found(1, "s1", Ledger.NAME);
            cluster.awaitLeader(shard);
            CodeInjectionForTesting.put(started, (local, remote, arguments) -> {
                throw new IllegalStateException("planted");
            });
            assertThatThrownBy(() -> cluster.host("n1").reopen(shard.shard())).hasStackTraceContaining("planted");
            CodeInjectionForTesting.remove(started);
            assertThat(cluster.awaitLeader(shard)).isEqualTo("n1");
        } finally {
            CodeInjectionForTesting.remove(started);
        }
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
                config.checkpointInterval(),
                config.checkpointBytes(),
                config.diskReserveBytes(),
                config.tls(),
                config.wallClock());
    }
}
