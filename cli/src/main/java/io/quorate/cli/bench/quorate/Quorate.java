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
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Three node processes, and shards {@code bench}, {@code bench-2} ... that apply to the key-value machine. */
public final class Quorate implements SystemUnderTest {
    private static final Logger log = LoggerFactory.getLogger(Quorate.class);
    static final int SERVERS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    private final QuorateSetup setup;

    public Quorate(QuorateSetup setup) {
        this.setup = setup;
    }

    @Override
    public String name() {
        return "quorate";
    }

    @Override
    public String description() {
        String how = setup.equals(QuorateSetup.DEFAULT)
                ? "product defaults"
                : setup.byName().entrySet().stream()
                        .map(setting -> setting.getKey() + " " + setting.getValue())
                        .collect(Collectors.joining(", "));
        return "Quorate, " + how + ", key-value machine applying to RocksDB, 1,000,000 keys (100,000 for reads)";
    }

    @Override
    public Map<String, String> settings() {
        return setup.byName();
    }

    @Override
    public RunningSystem start(LaunchSettings settings) throws IOException, InterruptedException {
        NodeProcesses nodes = new NodeProcesses(
                ProcessCluster.open(settings.directory(), settings.keepFiles()),
                SERVERS,
                settings.jvmArgs(),
                "preset: " + setup.preset() + "\n");
        try {
            nodes.launchAll(SERVERS);
            ClusterAdmin admin = new ClusterAdmin(nodes.addresses(SERVERS), Optional.empty(), PATIENCE, log::info);
            admin.init(SERVERS);
            for (ShardId shard : setup.shardIds()) {
                admin.createShard(shard, "kv", List.of(), SERVERS);
            }
            return new RunningQuorate(nodes, SERVERS, admin, setup);
        } catch (IOException | InterruptedException | RuntimeException e) {
            nodes.close();
            throw e;
        }
    }
}
