package io.quorate.cli.bench.ratis;

import io.quorate.cli.bench.system.LaunchSettings;
import io.quorate.cli.bench.system.RunningSystem;
import io.quorate.cli.bench.system.SystemUnderTest;
import io.quorate.cli.process.ChildProcess;
import io.quorate.cli.process.FreePorts;
import io.quorate.cli.process.JavaProcessSpec;
import io.quorate.cli.process.ProcessCluster;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Bare Ratis with one of its profiles: three server processes with one group, on free loopback ports. */
public final class BareRatis implements SystemUnderTest {
    private static final int SERVERS = 3;
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final String LOGGING =
            "-Dlogback.configurationFile=io/quorate/cli/bench/ratis/bare-ratis-logback.xml";

    private final RatisProfile profile;

    public BareRatis(RatisProfile profile) {
        this.profile = profile;
    }

    @Override
    public String name() {
        return "ratis-" + profile.label();
    }

    @Override
    public String description() {
        return profile.description();
    }

    @Override
    public RunningSystem start(LaunchSettings settings) throws IOException, InterruptedException {
        ProcessCluster cluster = ProcessCluster.open(settings.directory(), settings.keepFiles());
        try {
            String peers = RatisPeers.onLoopback(FreePorts.pick(SERVERS));
            for (ChildProcess server : startServers(cluster, peers, settings)) {
                server.awaitLine(BareRatisServer.READY, START_TIMEOUT);
            }
            RunningBareRatis running = new RunningBareRatis(cluster, RatisPeers.group(peers));
            running.awaitLeader();
            return running;
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private List<ChildProcess> startServers(ProcessCluster cluster, String peers, LaunchSettings settings)
            throws IOException {
        List<String> jvmArgs = new ArrayList<>(settings.jvmArgs());
        jvmArgs.add(LOGGING);
        List<ChildProcess> servers = new ArrayList<>();
        for (int i = 1; i <= SERVERS; i++) {
            String id = "s" + i;
            servers.add(cluster.start(JavaProcessSpec.of(id, BareRatisServer.class, cluster.logOf(id))
                    .withJvmArgs(jvmArgs)
                    .withArgs(List.of(
                            "--id",
                            id,
                            "--peers",
                            peers,
                            "--dir",
                            cluster.directory().resolve(id).toString(),
                            "--profile",
                            profile.name()))));
        }
        return servers;
    }
}
