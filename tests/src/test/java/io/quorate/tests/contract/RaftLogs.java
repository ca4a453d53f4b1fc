package io.quorate.tests.contract;

import io.quorate.statemachine.raft.HostConfig;
import io.quorate.tests.cluster.InProcessCluster;
import io.quorate.tests.cluster.Ledger;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.ReplicatedLog;
import io.quorate.wal.log.WriteConcern;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Logs of the Raft mode for the contract suite: one shared shard on three nodes, and others on some of them. */
final class RaftLogs implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final InProcessCluster cluster;
    private final ShardDescriptor shared;
    private int others;

    RaftLogs(Path directory) {
        cluster = new InProcessCluster(directory, List.of(Ledger::new), RaftLogs::slowToGiveUp);
        shared = cluster.found(3, "s1", Ledger.NAME);
    }

    /** A leader goes on leading for seconds when it hears of nobody: longer than it takes to remove the others. */
    private static HostConfig slowToGiveUp(HostConfig config) {
        return config.withRaft(config.raft().withElectionTimeout(Duration.ofSeconds(2), Duration.ofSeconds(5)));
    }

    List<ReplicatedLog> replicas() {
        return cluster.runningNodes().stream()
                .map(node -> (ReplicatedLog) cluster.shard(node, shared))
                .toList();
    }

    ReplicatedLog leader() {
        return cluster.leader(shared);
    }

    ReplicatedLog alone() {
        return cluster.leader(cluster.openEverywhere("alone-" + ++others, Ledger.NAME, List.of(cluster.peer("n1"))));
    }

    ReplicatedLog reopened(ReplicatedLog alone) {
        try {
            cluster.host("n1").reopen(alone.descriptor().shard());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return cluster.leader(alone.descriptor());
    }

    Peer newcomer(ReplicatedLog alone) {
        cluster.open("n2", alone.descriptor());
        return cluster.peer("n2");
    }

    ReplicatedLog leaderOfNobody() {
        ShardDescriptor shard = cluster.openEverywhere("lost-" + ++others, Ledger.NAME, shared.peers());
        ReplicatedLog leader = cluster.leader(shard);
        LogRecord record = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("before they went"));
        if (!(leader.append(record, WriteConcern.ALL, PATIENCE).join() instanceof Committed)) {
            throw new IllegalStateException("the shard does not serve");
        }
        String self = leader.status().self().node().value();
        for (String node : cluster.runningNodes()) {
            if (!node.equals(self)) {
                try {
                    cluster.host(node).remove(shard.shard());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        return leader;
    }

    @Override
    public void close() {
        cluster.close();
    }
}
