package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.LifeCycle;
import org.junit.jupiter.api.Test;

/** What is known of a group goes by what Ratis says, without asking more than is needed. */
class RaftViewTest {
    @Test
    void membersAreReadAnewOnlyWhenTheConfigurationIsAnother() {
        RaftConfiguration first = configuration("n1.00000000deadbeef");
        RaftConfiguration second = configuration("n2.00000000deadbeef");
        AtomicReference<RaftConfiguration> latest = new AtomicReference<>(first);
        RaftView view = view(latest::get, () -> LifeCycle.State.RUNNING);
        assertThat(view.members()).isSameAs(view.members());
        assertThat(view.peers()).extracting(peer -> peer.id().node().value()).containsExactly("n1");
        latest.set(second);
        assertThat(view.peers()).extracting(peer -> peer.id().node().value()).containsExactly("n2");
    }

    @Test
    void aDivisionThatClosedItselfAndIsStillListedIsNotOpen() {
        AtomicReference<LifeCycle.State> state = new AtomicReference<>(LifeCycle.State.RUNNING);
        RaftConfiguration configuration = configuration("n1.00000000deadbeef");
        RaftView view = view(() -> configuration, state::get);
        assertThat(view.open()).isPresent();
        assertThat(view.staysOpen()).isTrue();
        assertThat(view.running()).isEqualTo(PeerCalls.Running.RUNS);
        state.set(LifeCycle.State.STARTING);
        assertThat(view.running()).as("was just let in").isEqualTo(PeerCalls.Running.STARTING);
        state.set(LifeCycle.State.CLOSING);
        assertThat(view.running()).isEqualTo(PeerCalls.Running.WILL_NOT);
        assertThat(view.open()).as("what is committed is still applied").isPresent();
        assertThat(view.staysOpen()).isFalse();
        state.set(LifeCycle.State.CLOSED);
        assertThat(view.open()).isEmpty();
        assertThat(view.staysOpen()).isFalse();
        assertThat(view.running()).isEqualTo(PeerCalls.Running.WILL_NOT);
        assertThat(view.leads()).isFalse();
        assertThat(view.peers()).isEmpty();
    }

    /** Of a division in Ratis' list of groups. */
    private static RaftView view(Supplier<RaftConfiguration> configuration, Supplier<LifeCycle.State> state) {
        RaftLog log = answering(RaftLog.class, "none", () -> null);
        DivisionInfo info = answering(DivisionInfo.class, "getLifeCycleState", state);
        RaftServer.Division division = (RaftServer.Division) Proxy.newProxyInstance(
                RaftViewTest.class.getClassLoader(),
                new Class<?>[] {RaftServer.Division.class},
                (proxy, called, args) -> switch (called.getName()) {
                    case "getRaftLog" -> log;
                    case "getInfo" -> info;
                    default -> configuration.get();
                });
        RaftServer server = answering(RaftServer.class, "getDivision", () -> division);
        return new RaftView(() -> server, RaftGroupId.randomId(), () -> 0);
    }

    private static RaftConfiguration configuration(String voter) {
        RaftPeer peer =
                RaftPeer.newBuilder().setId(voter).setAddress("127.0.0.1:1").build();
        return (RaftConfiguration) Proxy.newProxyInstance(
                RaftViewTest.class.getClassLoader(),
                new Class<?>[] {RaftConfiguration.class},
                (proxy, called, args) -> switch (called.getName()) {
                    case "getAllPeers" -> args[0] == RaftPeerRole.FOLLOWER ? List.of(peer) : List.of();
                    case "getCurrentPeers" -> List.of(peer);
                    case "getPreviousPeers" -> null;
                    default -> throw new IOException("not expected: " + called);
                });
    }

    private static <T> T answering(Class<T> type, String method, Supplier<?> answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, called, args) -> {
            if (!called.getName().equals(method)) {
                throw new IOException("not expected: " + called);
            }
            return answer.get();
        }));
    }
}
