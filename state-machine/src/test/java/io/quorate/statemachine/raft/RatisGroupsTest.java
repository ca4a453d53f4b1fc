package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.topology.Peer;
import io.quorate.topology.Role;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.LifeCycle;
import org.junit.jupiter.api.Test;

/** What is asked of Ratis where another process turns out to be this peer. */
class RatisGroupsTest {
    private final ShardFile file = new ShardFile(
            new ShardDescriptor(
                    new ClusterId(UUID.randomUUID()),
                    new ShardId("s1"),
                    Generation.FIRST,
                    "none",
                    List.of(new Peer(TestGroup.SELF, "127.0.0.1:1", Role.VOTER))),
            ShardFile.State.CREATING,
            true,
            Optional.empty());
    private final RaftGroupId group = RaftGroupId.valueOf(file.descriptor().groupId());

    private final List<String> asked = new ArrayList<>();
    private boolean refused;
    private final RatisGroups groups = new RatisGroups(this::admit, this::server, new LocalCalls());

    private void admit() throws IOException {
        if (refused) {
            throw new IOException("another process runs as this peer");
        }
    }

    /** Opens a group while it is refused, and closes one at once. */
    private RaftServer server() {
        DivisionInfo info = (DivisionInfo) proxy(DivisionInfo.class, (proxy, called, args) -> LifeCycle.State.CLOSED);
        Object division = proxy(
                RaftServer.Division.class,
                (proxy, called, args) -> called.getName().equals("getInfo") ? info : null);
        return (RaftServer) proxy(RaftServer.class, (proxy, called, args) -> switch (called.getName()) {
            case "getId" -> RaftPeerId.valueOf(TestGroup.SELF.toString());
            case "getGroupIds" -> List.of(group);
            case "getDivision" -> division;
            case "groupManagementAsync" -> answer((GroupManagementRequest) args[0]);
            default -> throw new IOException("not expected: " + called);
        });
    }

    private CompletableFuture<RaftClientReply> answer(GroupManagementRequest request) {
        asked.add(request.getAdd() != null ? "add" : "remove");
        refused = true;
        return CompletableFuture.completedFuture(
                RaftClientReply.newBuilder().setRequest(request).setSuccess().build());
    }

    private static Object proxy(Class<?> type, InvocationHandler handler) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
    }

    @Test
    void aProcessThatIsRefusedOpensNoGroup() {
        refused = true;
        assertThatThrownBy(() -> groups.add(file, false)).hasMessageContaining("another process");
        assertThat(asked).isEmpty();
    }

    @Test
    void aGroupThatIsOpenedWhileTheProcessIsRefusedIsClosedAgain() {
        assertThatThrownBy(() -> groups.add(file, false)).hasMessageContaining("another process");
        assertThat(asked).containsExactly("add", "remove");
    }
}
