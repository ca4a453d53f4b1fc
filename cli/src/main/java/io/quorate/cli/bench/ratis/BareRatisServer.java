package io.quorate.cli.bench.ratis;

import io.quorate.cli.process.ParentWatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.NetUtils;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Main class of one server of the baseline. Prints a line when it serves; ends when it is killed or its parent is gone. */
@Command(name = "bare-ratis-server", description = "One server of the bare Ratis baseline.")
public final class BareRatisServer implements Callable<Integer> {
    /** Printed when the server takes requests. */
    static final String READY = "bare ratis server ready";

    @Option(names = "--id", required = true, description = "Id of this server among the peers.")
    private String id;

    @Option(names = "--peers", required = true, description = "All servers, as ID=HOST:PORT,...")
    private String peers;

    @Option(names = "--dir", required = true, description = "Directory for the Raft log.")
    private Path directory;

    @Option(names = "--profile", required = true, description = "One of: ${COMPLETION-CANDIDATES}.")
    private RatisProfile profile;

    /** Runs until killed; exit status 0, or 2 for wrong options. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new BareRatisServer()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        RaftGroup group = RatisPeers.group(peers);
        RaftPeer self = group.getPeer(RaftPeerId.valueOf(id));
        if (self == null) {
            throw new IllegalArgumentException("--id " + id + " is not among --peers " + peers);
        }
        ParentWatch.haltWhenParentGone();
        try (RaftServer server = RaftServer.newBuilder()
                .setServerId(self.getId())
                .setGroup(group)
                .setStateMachine(new NoOpStateMachine())
                .setProperties(properties(profile, self, directory))
                .setOption(RaftStorage.StartupOption.RECOVER)
                .build()) {
            server.start();
            System.out.println(READY + " id=" + id + " address=" + self.getAddress() + " profile=" + profile.label());
            new CountDownLatch(1).await();
        }
        return 0;
    }

    /** All that is set: what the profile says, and where the server is. */
    static RaftProperties properties(RatisProfile profile, RaftPeer self, Path directory) {
        RaftProperties properties = new RaftProperties();
        profile.apply(properties);
        RaftServerConfigKeys.setStorageDir(properties, List.of(directory.toFile()));
        GrpcConfigKeys.Server.setHost(
                properties, NetUtils.createSocketAddr(self.getAddress()).getHostString());
        GrpcConfigKeys.Server.setPort(
                properties, NetUtils.createSocketAddr(self.getAddress()).getPort());
        return properties;
    }
}
