package io.quorate.tests.embedding;

import io.quorate.cli.process.FreePorts;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachine;

/** A Ratis server of the user's own, the only one of its group, on loopback; its settings may be changed before it is built. */
final class OwnServer {
    private final Path directory;
    private final RaftPeer peer;
    private final RaftGroup group;
    private final RaftProperties properties = new RaftProperties();

    OwnServer(Path directory) throws IOException {
        this.directory = directory;
        this.peer = RaftPeer.newBuilder()
                .setId("r1")
                .setAddress("127.0.0.1:" + FreePorts.pick(1).get(0))
                .build();
        this.group = RaftGroup.valueOf(RaftGroupId.valueOf(UUID.randomUUID()), peer);
        RaftServerConfigKeys.setStorageDir(
                properties, List.of(directory.resolve("raft").toFile()));
        GrpcConfigKeys.Server.setPort(
                properties, Integer.parseInt(peer.getAddress().split(":")[1]));
        RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, false);
    }

    RaftProperties properties() {
        return properties;
    }

    RaftGroupId groupId() {
        return group.getGroupId();
    }

    /** Where Ratis keeps the group's log and vote. */
    Path current() {
        return directory.resolve("raft").resolve(groupId().getUuid().toString()).resolve("current");
    }

    /** For the state machine's running state. */
    Path live() {
        return directory.resolve("live");
    }

    ShardDescriptor shard(String application) {
        Peer self = new Peer(new PeerId(new NodeId("r1"), new Incarnation(1)), peer.getAddress(), Role.VOTER);
        return new ShardDescriptor(
                new ClusterId(groupId().getUuid()), new ShardId("fruit"), Generation.FIRST, application, List.of(self));
    }

    /** One life of it. */
    RaftServer build(StateMachine machine, Parameters parameters) throws IOException {
        return RaftServer.newBuilder()
                .setServerId(peer.getId())
                .setGroup(group)
                .setOption(RaftStorage.StartupOption.RECOVER)
                .setStateMachine(machine)
                .setProperties(properties)
                .setParameters(parameters)
                .build();
    }

    RaftClient client() {
        return RaftClient.newBuilder()
                .setProperties(new RaftProperties())
                .setRaftGroup(group)
                .build();
    }
}
