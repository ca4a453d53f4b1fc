package io.quorate.statemachine.raft;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A candidate whose voter was away for long: real Ratis, real sockets. */
class RatisConnectionsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** By the transport's own pauses, the last of so many attempts would come after several minutes. */
    private static final int ATTEMPTS = 15;

    @TempDir
    private Path directory;

    private static RaftPeer peer(String name, String address) {
        return RaftPeer.newBuilder()
                .setId(TestGroup.id(name).toString())
                .setAddress(address)
                .build();
    }

    @Test
    void aCandidateTriesToReachAVoterAtOnceEachTimeThatItsConnectionsAreRenewed() throws Exception {
        try (RefusingPort voter = new RefusingPort();
                RaftServer candidate = candidate(voter.address())) {
            candidate.start();
            RatisConnections connections = new RatisConnections(() -> candidate);
            for (int i = 1; i <= ATTEMPTS; i++) {
                int before = voter.attempts();
                connections.renew(TestGroup.id("b"));
                Awaitility.await("attempt " + i).atMost(PATIENCE).until(() -> voter.attempts() > before);
            }
        }
    }

    private RaftServer candidate(String voter) throws Exception {
        RaftProperties properties = RatisSettings.lan().toProperties(directory);
        GrpcConfigKeys.Server.setHost(properties, "127.0.0.1");
        GrpcConfigKeys.Server.setPort(properties, 0);
        RaftGroup group =
                RaftGroup.valueOf(RaftGroupId.randomId(), List.of(peer("a", "127.0.0.1:1"), peer("b", voter)));
        return RaftServer.newBuilder()
                .setServerId(peer("a", "127.0.0.1:1").getId())
                .setGroup(group)
                .setOption(RaftStorage.StartupOption.FORMAT)
                .setProperties(properties)
                .setStateMachine(new BaseStateMachine())
                .build();
    }
}
