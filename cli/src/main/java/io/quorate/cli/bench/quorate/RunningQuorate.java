package io.quorate.cli.bench.quorate;

import io.quorate.cli.bench.system.LoadTarget;
import io.quorate.cli.bench.system.RunningSystem;
import io.quorate.cli.bench.system.ServerProcess;
import io.quorate.cli.local.NodeProcesses;
import io.quorate.statemachine.client.ClientThreads;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.service.AdminException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Started nodes. */
final class RunningQuorate implements RunningSystem {
    private static final Logger log = LoggerFactory.getLogger(RunningQuorate.class);

    private final NodeProcesses nodes;
    private final int servers;
    private final ClusterAdmin admin;
    private final QuorateSetup setup;
    /** Of all connections: each with a thread of its own would measure the switching between them. */
    private final ClientThreads threads =
            ClientThreads.of(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

    RunningQuorate(NodeProcesses nodes, int servers, ClusterAdmin admin, QuorateSetup setup) {
        this.nodes = nodes;
        this.servers = servers;
        this.admin = admin;
        this.setup = setup;
    }

    @Override
    public LoadTarget connect(int index) {
        return new QuorateTarget(nodes.addresses(servers), threads, setup);
    }

    @Override
    public List<ServerProcess> servers() {
        List<ServerProcess> processes = new ArrayList<>();
        for (int node = 1; node <= servers; node++) {
            processes.add(new ServerProcess(
                    NodeProcesses.name(node), nodes.process(node).pid()));
        }
        return processes;
    }

    @Override
    public Optional<String> leader() {
        if (setup.shards() > 1) {
            return Optional.empty(); // each has its own
        }
        try {
            return Optional.of(
                    admin.leader(setup.shardIds().get(0)).path("self").asText().split("\\.")[0]);
        } catch (AdminException e) {
            log.warn("no leader of the benchmark's shard: {}", e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try (nodes;
                threads) {
            admin.close();
        }
    }
}
