package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.WriteConcern;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConcernWaiterTest {
    private static final long TERM = 1;
    private static final LogRecord RECORD = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("entry"));

    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
    private final TestGroup group = new TestGroup("a", "b", "c");
    private final TestPeers peers = new TestPeers();
    private final ConcernWaiter waiter = new ConcernWaiter(group, UUID.randomUUID(), peers, scheduler);
    private final Map<Long, AppendOutcome> answered = new ConcurrentHashMap<>();
    private final long now = System.nanoTime();

    @AfterEach
    void stop() {
        scheduler.shutdownNow();
    }

    private void committed(long index, WriteConcern concern, Duration timeout) {
        PendingAppend append = new PendingAppend(
                RECORD, concern, now + timeout.toNanos(), (position, outcome) -> answered.put(index, outcome), 0);
        waiter.awaitVoters(
                TERM,
                index,
                List.of(new ConcernWaiter.Wide(
                        append, new Committed(new Lsn(index), ApplyResult.of(Bytes.EMPTY), Set.of()))));
    }

    private void committed(long first, long last) {
        for (long index = first; index <= last; index++) {
            committed(index, WriteConcern.ALL, Duration.ofDays(1));
        }
    }

    private static void says(TestPeers.Asked asked, long flushed, long termAtIndex) {
        asked.answer().complete(new PeerCalls.LogState(TERM, flushed, termAtIndex));
    }

    private Set<String> missing(long index) {
        return ((Committed) answered.get(index)).missing();
    }

    @Test
    void aVoterThatHangsIsAskedOneQuestionHoweverManyAppendsWait() {
        committed(1, 100);
        assertThat(peers.open())
                .extracting(asked -> asked.peer().id())
                .containsExactly(TestGroup.id("b"), TestGroup.id("c"));
        assertThat(answered).isEmpty();
    }

    @Test
    void oneAnswerSettlesAllThatTheVotersDiskHolds() {
        committed(1, 100);
        TestPeers.Asked first = peers.take();
        TestPeers.Asked other = peers.take();
        assertThat(first.index()).isEqualTo(1);
        says(first, 60, TERM);
        assertThat(peers.open())
                .extracting(TestPeers.Asked::index)
                .as("the last that is flushed")
                .containsExactly(60L);
        says(peers.take(), 60, TERM);
        says(other, 80, TERM);
        assertThat(answered).as("what c was asked for").containsOnlyKeys(1L);
        TestPeers.Asked further = peers.open().stream()
                .filter(asked -> asked.peer().id().equals(TestGroup.id("c")))
                .findFirst()
                .orElseThrow();
        assertThat(further.index()).isEqualTo(80);
        says(further, 80, PeerCalls.PURGED);
        assertThat(answered).hasSize(60);
        assertThat(missing(60)).isEmpty();
    }

    @Test
    void anEntryOfAnotherTermCountsForNothing() {
        committed(1, 3);
        says(peers.take(), 100, TERM + 1);
        says(peers.take(), 100, TERM);
        Awaitility.await("b is asked again").until(() -> peers.open().stream()
                .anyMatch(asked -> asked.peer().id().equals(TestGroup.id("b"))));
        assertThat(answered).isEmpty();
    }

    @Test
    void aQuorumIsMetWithoutTheSlowest() {
        committed(7, new WriteConcern.Quorum(2), Duration.ofDays(1));
        says(peers.take(), 7, TERM);
        assertThat(missing(7)).isEmpty();
    }

    @Test
    void atTheDeadlineThoseMissingAreNamedAlsoWhileACallHangs() {
        committed(5, WriteConcern.ALL, Duration.ofSeconds(1));
        waiter.expire(now);
        assertThat(answered).isEmpty();
        says(peers.take(), 5, TERM);
        Awaitility.await("the deadline")
                .until(() -> System.nanoTime() - now > Duration.ofSeconds(1).toNanos());
        waiter.expire(System.nanoTime());
        assertThat(missing(5)).containsExactly(TestGroup.id("c").toString());
    }

    @Test
    void aLogThatIsClosedEndsAllThatWait() {
        committed(1, 2);
        group.close(new IllegalStateException("log already closed"));
        committed(3, WriteConcern.ALL, Duration.ofDays(1));
        says(peers.take(), -1, -1);
        waiter.close();
        assertThat(answered).hasSize(3);
        assertThat(missing(3)).contains(TestGroup.id("b").toString());
    }

    @Test
    void aFailureOfTheOwnLogIsAnAnswerToWhoeverWaits() {
        group.close(new IllegalStateException("log already closed"));
        committed(1, WriteConcern.ALL, Duration.ofDays(1));
        assertThat(missing(1)).hasSize(3);
    }
}
