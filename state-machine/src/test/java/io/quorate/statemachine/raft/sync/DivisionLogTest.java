package io.quorate.statemachine.raft.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is on the disk, and what a leader may go by, while Ratis' own indices are still those of entries that were cut. */
class DivisionLogTest {
    private static final long STALE = 20;

    @TempDir
    Path current;

    @Test
    void nothingIsOnDiskFromTheAnnouncementOfATruncationUntilItIsDone() throws Exception {
        LogDirectorySync log = new LogDirectorySync(current, 4, DirectorySync.FSYNC);
        DivisionLog division = division(log, () -> STALE);
        assertThat(division.flushIndex()).isEqualTo(STALE);
        CompletableFuture<Void> truncation = log.truncate(11);
        assertThat(division.flushIndex()).isEqualTo(-1);
        truncation.get();
        assertThat(division.flushIndex()).isEqualTo(-1);
        log.flush(11).join();
        assertThat(division.flushIndex()).isEqualTo(STALE);
    }

    @Test
    void aTruncationThatIsAnnouncedOnceTheIndexWasReadIsSeen() {
        LogDirectorySync log = new LogDirectorySync(current, 4, DirectorySync.FSYNC);
        AtomicBoolean announced = new AtomicBoolean();
        DivisionLog division = division(log, () -> {
            if (!announced.getAndSet(true)) {
                log.truncate(11);
            }
            return STALE;
        });
        assertThat(division.flushIndex()).isEqualTo(-1);
    }

    @Test
    void aLeaderWhoseLogWasCutBehindWhatItNotedForAFollowerIsSeen() {
        LogDirectorySync log = new LogDirectorySync(current, 4, DirectorySync.FSYNC);
        for (long[] reached : new long[][] {{}, {1, 7}, {8, 8}}) {
            assertThat(leader(log, reached, 8).endsBeforeWhatFollowersNeed()).isFalse();
        }
        assertThat(leader(log, new long[] {3, 9}, 8).endsBeforeWhatFollowersNeed())
                .isTrue();
        assertThat(leader(log, null, 8).endsBeforeWhatFollowersNeed())
                .as("it does not lead")
                .isFalse();
    }

    private static DivisionLog leader(LogDirectorySync log, long[] followers, long next) {
        return division(log, Map.of("getNextIndex", () -> next), () -> followers);
    }

    private static DivisionLog division(LogDirectorySync log, Supplier<Long> flushIndex) {
        return division(log, Map.of("getFlushIndex", flushIndex), () -> null);
    }

    private static DivisionLog division(
            LogDirectorySync log, Map<String, Supplier<Long>> raftLog, Supplier<long[]> followers) {
        RaftLog answers = answering(RaftLog.class, raftLog);
        DivisionInfo info = answering(DivisionInfo.class, Map.of("getFollowerNextIndices", followers));
        RaftServer.Division division =
                answering(RaftServer.Division.class, Map.of("getRaftLog", () -> answers, "getInfo", () -> info));
        return new DivisionLog(() -> Optional.of(division), log);
    }

    /** Of Ratis only what is asked for. */
    private static <T> T answering(Class<T> type, Map<String, ? extends Supplier<?>> answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, called, args) -> {
            if (!answers.containsKey(called.getName())) {
                throw new IOException("not expected: " + called);
            }
            return answers.get(called.getName()).get();
        }));
    }
}
