package io.quorate.statemachine.raft.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** One Ratis server of one group on loopback. */
public final class RaftNode implements AutoCloseable {
    private static final UUID GROUP = UUID.fromString("5f6a1d1e-0d1c-4a5f-8e11-000000000001");

    private final RaftServer server;
    private final NoteStateMachine stateMachine;
    private final RaftGroup group;
    private final Path storage;

    private RaftNode(RaftServer server, NoteStateMachine stateMachine, RaftGroup group, Path storage) {
        this.server = server;
        this.stateMachine = stateMachine;
        this.group = group;
        this.storage = storage;
    }

    /** A group of n1..nN on free ports. */
    public static RaftGroup groupOf(int nodes) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        List<RaftPeer> peers = new ArrayList<>();
        try {
            for (int i = 1; i <= nodes; i++) {
                ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                held.add(socket);
                peers.add(RaftPeer.newBuilder()
                        .setId("n" + i)
                        .setAddress("127.0.0.1:" + socket.getLocalPort())
                        .build());
            }
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
        return RaftGroup.valueOf(RaftGroupId.valueOf(GROUP), peers);
    }

    /** The directory that Ratis gives a group below a storage directory. */
    public static Path groupDirectory(Path storage) {
        return storage.resolve(GROUP.toString());
    }

    /** Starts a node, with its log as it is; {@code parameters} and {@code configure} may add to the settings. */
    public static RaftNode start(
            RaftPeer self,
            RaftGroup group,
            Path storage,
            Optional<NodeSync> sync,
            Consumer<Parameters> parameters,
            Consumer<RaftProperties> configure)
            throws IOException {
        RaftProperties properties = properties(storage, self.getAddress());
        configure.accept(properties);
        Parameters given = new Parameters();
        sync.ifPresent(hooks -> hooks.install().accept(given));
        parameters.accept(given);
        NoteStateMachine stateMachine = new NoteStateMachine(sync);
        RaftServer server = RaftServer.newBuilder()
                .setServerId(self.getId())
                .setGroup(group)
                .setOption(StartupOption.RECOVER)
                .setProperties(properties)
                .setParameters(given)
                .setStateMachineRegistry(id -> stateMachine)
                .build();
        server.start();
        return new RaftNode(server, stateMachine, group, storage);
    }

    private static RaftProperties properties(Path storage, String address) {
        RaftProperties properties = new RaftProperties();
        RaftServerConfigKeys.setStorageDir(properties, List.of(storage.toFile()));
        RaftServerConfigKeys.setStorageFreeSpaceMin(properties, SizeInBytes.ONE_KB);
        GrpcConfigKeys.Server.setHost(properties, "127.0.0.1");
        GrpcConfigKeys.Server.setPort(properties, Integer.parseInt(address.substring(address.indexOf(':') + 1)));
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, millis(300));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, millis(600));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, millis(20));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, millis(120));
        RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf("4KB"));
        RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf("1MB"));
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf("512KB"));
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
        RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, false);
        return properties;
    }

    private static TimeDuration millis(long millis) {
        return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
    }

    /** A client of the group that retries for about thirty seconds. */
    public static RaftClient client(RaftGroup group) {
        RaftProperties properties = new RaftProperties();
        return RaftClient.newBuilder()
                .setRaftGroup(group)
                .setProperties(properties)
                .setRetryPolicy(RetryPolicies.retryUpToMaximumCountWithFixedSleep(300, millis(100)))
                .build();
    }

    /** Appends one message through the leader and waits for it to be applied there. */
    public static void append(RaftClient client, String note) throws IOException {
        RaftClientReply reply = client.io().send(Message.valueOf(note));
        if (!reply.isSuccess()) {
            throw new IOException("append of '" + note + "' failed", reply.getException());
        }
    }

    public NoteStateMachine stateMachine() {
        return stateMachine;
    }

    public RaftServer.Division division() throws IOException {
        return server.getDivision(group.getGroupId());
    }

    public RaftServer server() {
        return server;
    }

    /** {@code current} of the group. */
    public Path current() {
        return groupDirectory(storage).resolve("current");
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
