package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.raft.sync.DirectorySync;
import io.quorate.statemachine.raft.sync.LogDirectorySync;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is on the disk while Ratis' flush index is still that of entries that were cut. */
class RaftViewTest {
    private static final long STALE = 20;

    @TempDir
    Path current;

    @Test
    void nothingIsOnDiskFromTheAnnouncementOfATruncationUntilItIsDone() throws Exception {
        LogDirectorySync log = new LogDirectorySync(current, 4, DirectorySync.FSYNC);
        RaftView view = view(log, () -> STALE);
        assertThat(view.flushIndex()).isEqualTo(STALE);
        CompletableFuture<Void> truncation = log.truncate(11);
        assertThat(view.flushIndex()).isEqualTo(-1);
        truncation.get();
        assertThat(view.flushIndex()).isEqualTo(-1);
        log.flush(11).join();
        assertThat(view.flushIndex()).isEqualTo(STALE);
    }

    @Test
    void aTruncationThatIsAnnouncedOnceTheIndexWasReadIsSeen() {
        LogDirectorySync log = new LogDirectorySync(current, 4, DirectorySync.FSYNC);
        AtomicBoolean announced = new AtomicBoolean();
        RaftView view = view(log, () -> {
            if (!announced.getAndSet(true)) {
                log.truncate(11);
            }
            return STALE;
        });
        assertThat(view.flushIndex()).isEqualTo(-1);
    }

    @Test
    void membersAreReadAnewOnlyWhenTheConfigurationIsAnother() {
        RaftConfiguration first = configuration("n1.00000000deadbeef");
        RaftConfiguration second = configuration("n2.00000000deadbeef");
        AtomicReference<RaftConfiguration> latest = new AtomicReference<>(first);
        RaftLog log = answering(RaftLog.class, "none", () -> null);
        RaftServer.Division division = (RaftServer.Division) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {RaftServer.Division.class},
                (proxy, called, args) -> called.getName().equals("getRaftLog") ? log : latest.get());
        RaftServer server = answering(RaftServer.class, "getDivision", () -> division);
        RaftView view = new RaftView(() -> server, RaftGroupId.randomId(), () -> 0);
        assertThat(view.members()).isSameAs(view.members());
        assertThat(view.peers()).extracting(peer -> peer.id().node().value()).containsExactly("n1");
        latest.set(second);
        assertThat(view.peers()).extracting(peer -> peer.id().node().value()).containsExactly("n2");
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

    /** A view of a Ratis of which only the flush index is asked for. */
    private static RaftView view(LogDirectorySync log, Supplier<Long> flushIndex) {
        RaftLog raftLog = answering(RaftLog.class, "getFlushIndex", flushIndex);
        RaftServer.Division division = answering(RaftServer.Division.class, "getRaftLog", () -> raftLog);
        RaftServer server = answering(RaftServer.class, "getDivision", () -> division);
        return new RaftView(() -> server, RaftGroupId.randomId(), log::truncations);
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
