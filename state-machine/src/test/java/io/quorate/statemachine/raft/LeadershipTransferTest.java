package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.MembershipException;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeadershipTransferTest {
    private static final LogRecord RECORD = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("entry"));

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** One thread: what is to run between two tries must not need another one. */
    private final ExecutorService executor = Executors.newSingleThreadExecutor();

    private final AtomicInteger submitted = new AtomicInteger();
    private final RaftBatcher batcher = new RaftBatcher(
            BatchLimits.DEFAULT,
            () -> true,
            records -> new EntryBatch(new ClusterId(UUID.randomUUID()), Generation.FIRST, 1, records),
            batch -> {
                submitted.addAndGet(batch.appends().size());
                return CompletableFuture.completedFuture(
                        new RaftBatcher.SubmitResult(RejectReason.NOT_LEADER, "of no consequence here"));
            },
            executor);

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    private void append() {
        batcher.append(
                List.of(new PendingAppend(RECORD, WriteConcern.MAJORITY, Long.MAX_VALUE, (at, outcome) -> {}, 0)));
    }

    @Test
    void whatIsHeldBackDuringATryIsSubmittedBeforeTheNextOne() {
        List<Integer> submittedAtTry = new CopyOnWriteArrayList<>();
        LeadershipTransfer transfer = new LeadershipTransfer(
                new TestGroup("a", "b", "c"),
                batcher,
                heir -> CompletableFuture.completedFuture(PeerCalls.Running.RUNS),
                PATIENCE,
                (target, timeout) -> {
                    submittedAtTry.add(submitted.get());
                    append();
                    return CompletableFuture.failedFuture(new IllegalStateException("planted"));
                },
                executor);
        assertThat(transfer.to(TestGroup.peer("b"), Duration.ofMinutes(1)))
                .failsWithin(Duration.ofMinutes(1))
                .withThrowableThat()
                .withMessageContaining("planted");
        assertThat(submittedAtTry).containsExactly(0, 1, 2);
    }

    @Test
    void aMemberThatWasJustLetInIsAskedUntilItRunsBeforeAnAppendIsHeldBack() {
        AtomicInteger questions = new AtomicInteger();
        AtomicInteger questionsAtTry = new AtomicInteger();
        LeadershipTransfer transfer = new LeadershipTransfer(
                new TestGroup("a", "b", "c"),
                batcher,
                heir -> CompletableFuture.completedFuture(
                        batcher.isHeld() || questions.incrementAndGet() == 3
                                ? PeerCalls.Running.RUNS
                                : PeerCalls.Running.STARTING),
                PATIENCE,
                (target, timeout) -> {
                    questionsAtTry.set(questions.get());
                    return CompletableFuture.completedFuture(null);
                },
                executor);
        assertThat(transfer.to(TestGroup.peer("b"), Duration.ofMinutes(1))).succeedsWithin(Duration.ofMinutes(1));
        assertThat(questionsAtTry).hasValue(3);
    }

    /** On a busy machine an answer may take longer than the question waits for it. */
    @Test
    void anHeirThatDidNotAnswerIsAskedAgain() {
        AtomicInteger questions = new AtomicInteger();
        LeadershipTransfer transfer = new LeadershipTransfer(
                new TestGroup("a", "b", "c"),
                batcher,
                heir -> questions.incrementAndGet() < 3
                        ? CompletableFuture.failedFuture(new IllegalStateException("planted"))
                        : CompletableFuture.completedFuture(PeerCalls.Running.RUNS),
                Duration.ofMinutes(1),
                (target, timeout) -> CompletableFuture.completedFuture(null),
                executor);
        assertThat(transfer.to(TestGroup.peer("b"), Duration.ofMinutes(1))).succeedsWithin(Duration.ofMinutes(1));
        assertThat(questions).hasValue(3);
    }

    @Test
    void forAMemberThatCannotLeadNowNoAppendIsHeldBack() {
        AtomicInteger tries = new AtomicInteger();
        for (boolean silent : new boolean[] {true, false}) {
            LeadershipTransfer transfer = new LeadershipTransfer(
                    new TestGroup("a", "b", "c"),
                    batcher,
                    heir -> silent
                            ? CompletableFuture.failedFuture(new IllegalStateException("planted"))
                            : CompletableFuture.completedFuture(PeerCalls.Running.STARTING),
                    PATIENCE,
                    (target, timeout) -> {
                        tries.incrementAndGet();
                        return CompletableFuture.completedFuture(null);
                    },
                    executor);
            assertThat(transfer.to(TestGroup.peer("b"), Duration.ofMillis(1)))
                    .failsWithin(Duration.ofMinutes(1))
                    .withThrowableThat()
                    .withCauseInstanceOf(MembershipException.class)
                    .withMessageContaining(silent ? "does not answer" : "does not take part yet");
        }
        assertThat(tries).hasValue(0);
        assertThat(batcher.isHeld()).isFalse();
    }

    private CompletableFuture<Void> transferTo(PeerCalls.Running heir, Duration startPatience) {
        return new LeadershipTransfer(
                        new TestGroup("a", "b", "c"),
                        batcher,
                        asked -> CompletableFuture.completedFuture(heir),
                        startPatience,
                        (target, timeout) -> CompletableFuture.completedFuture(null),
                        executor)
                .to(TestGroup.peer("b"), Duration.ofDays(1));
    }

    @Test
    void anHeirThatIsClosedOrIllIsRefusedAtOnceAndOneThatDoesNotBeginSoon() {
        assertThat(transferTo(PeerCalls.Running.WILL_NOT, Duration.ofDays(1)))
                .failsWithin(Duration.ofMinutes(1))
                .withThrowableThat()
                .withCauseInstanceOf(MembershipException.class)
                .withMessageContaining("cannot lead now");
        assertThat(transferTo(PeerCalls.Running.STARTING, Duration.ofMillis(1)))
                .failsWithin(Duration.ofMinutes(1))
                .withThrowableThat()
                .withCauseInstanceOf(MembershipException.class)
                .withMessageContaining("does not take part yet");
    }

    @Test
    void ratisIsExpectedToRefuseAppendsOnlyWhileItIsAsked() {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        CompletableFuture<Void> asked = new CompletableFuture<>();
        LeadershipTransfer transfer = new LeadershipTransfer(
                new TestGroup("a", "b", "c"),
                batcher,
                heir -> CompletableFuture.completedFuture(PeerCalls.Running.RUNS),
                PATIENCE,
                (target, timeout) -> {
                    asked.complete(null);
                    return answer;
                },
                executor);
        assertThat(transfer.isAsking()).isFalse();
        CompletableFuture<Void> done = transfer.to(TestGroup.peer("b"), Duration.ofMinutes(1));
        asked.join();
        assertThat(transfer.isAsking()).isTrue();
        answer.complete(null);
        done.join();
        assertThat(transfer.isAsking()).isFalse();
    }
}
