package io.quorate.cli.bench.quorate;

import io.quorate.cli.bench.system.LaunchSettings;
import io.quorate.cli.bench.system.RunningSystem;
import io.quorate.cli.bench.system.SystemUnderTest;
import io.quorate.cli.local.NodeProcesses;
import io.quorate.cli.process.ProcessCluster;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.topology.ShardId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Three node processes as their configuration makes them by default, and a shard {@code bench} that applies to the key-value machine. */
public final class Quorate implements SystemUnderTest {
    static final ShardId SHARD = new ShardId("bench");

    private static final Logger log = LoggerFactory.getLogger(Quorate.class);
    private static final int SERVERS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Override
    public String name() {
        return "quorate";
    }

    @Override
    public String description() {
        return "Quorate, product defaults, key-value machine applying to RocksDB, 1,000,000 keys (100,000 for reads)";
    }

    @Override
    public RunningSystem start(LaunchSettings settings) throws IOException, InterruptedException {
        NodeProcesses nodes = new NodeProcesses(
                ProcessCluster.open(settings.directory(), settings.keepFiles()), SERVERS, settings.jvmArgs(), "");
        try {
            nodes.launchAll(SERVERS);
            ClusterAdmin admin = new ClusterAdmin(nodes.addresses(SERVERS), Optional.empty(), PATIENCE, log::info);
            admin.init(SERVERS);
            admin.createShard(SHARD, "kv", List.of(), SERVERS);
            return new RunningQuorate(nodes, SERVERS, admin);
        } catch (IOException | InterruptedException | RuntimeException e) {
            nodes.close();
            throw e;
        }
    }
}
