package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.host.QueryResult;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class QueryRunnerTest {
    private static final long SOON = Duration.ofMinutes(1).toNanos();

    /** What was handed over and has not run; a test says when. */
    private final ArrayDeque<Runnable> handedOver = new ArrayDeque<>();

    private final List<String> asked = new ArrayList<>();
    private final long now = System.nanoTime();
    /** Done while the application answers. */
    private Runnable meanwhile = () -> {};

    private final QueryRunner runner = new QueryRunner(new ShardId("s1"), this::application, handedOver::add, 2);

    private QueryResult application(Bytes query) {
        asked.add(query.utf8());
        meanwhile.run();
        if (query.utf8().equals("malformed")) {
            throw new IllegalArgumentException("planted");
        }
        return new QueryResult(Lsn.ZERO, query);
    }

    private CompletableFuture<QueryResult> ask(String query, long deadlineNanos) {
        CompletableFuture<QueryResult> answer = new CompletableFuture<>();
        runner.ask(Bytes.utf8(query), deadlineNanos, answer);
        return answer;
    }

    private CompletableFuture<QueryResult> ask(String query) {
        return ask(query, now + SOON);
    }

    private void runOne() {
        handedOver.remove().run();
    }

    private static void assertRefused(CompletableFuture<QueryResult> answer, RejectReason reason) {
        assertThat(answer)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(ReadUnavailableException.class, refusal -> assertThat(refusal.reason())
                        .isEqualTo(reason));
    }

    @Test
    void theApplicationIsNotAskedInTheCallersThread() {
        CompletableFuture<QueryResult> answer = ask("get");
        assertThat(asked).isEmpty();
        runOne();
        assertThat(answer.join().value().utf8()).isEqualTo("get");
    }

    @Test
    void manyQueriesCostOneHandOver() {
        List<CompletableFuture<QueryResult>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            answers.add(ask("get " + i));
        }
        assertThat(handedOver).hasSize(1);
        runOne();
        assertThat(answers).allMatch(CompletableFuture::isDone);
        assertThat(handedOver).isEmpty();
        ask("another one");
        assertThat(handedOver).hasSize(1);
    }

    @Test
    void aRunnerWithMuchToDoLetsOthersHaveItsThreadBetween() {
        for (int i = 0; i < 300; i++) {
            ask("get " + i);
        }
        runOne();
        assertThat(asked).hasSize(256);
        assertThat(handedOver).hasSize(1);
        runOne();
        assertThat(asked).hasSize(300);
        assertThat(handedOver).isEmpty();
    }

    @Test
    void behindASlowQueryAnotherRunnerHelpsAtTheNextTick() {
        CompletableFuture<QueryResult> slow = ask("slow");
        Runnable stuck = handedOver.remove(); // has a thread, and comes to nothing
        CompletableFuture<QueryResult> second = ask("second");
        assertThat(handedOver).isEmpty();
        runner.expire(now);
        runOne();
        assertThat(slow).isDone(); // whichever runner comes first takes the oldest
        assertThat(second).isDone();
        stuck.run();
        runner.expire(now);
        assertThat(handedOver).isEmpty();
    }

    @Test
    void answersAreGivenTogetherButBeforeASlowQueryHasEnded() {
        CompletableFuture<QueryResult> first = ask("first");
        CompletableFuture<QueryResult> slow = ask("slow");
        List<Boolean> given = new ArrayList<>();
        meanwhile = () -> {
            given.add(first.isDone());
            if (asked.contains("slow")) {
                runner.expire(now); // a tick, while the slow one is being answered
                given.add(first.isDone());
            }
        };
        runOne();
        assertThat(given).containsExactly(false, false, true);
        assertThat(slow).isCompleted();
    }

    @Test
    void whatWaitsBeyondItsDeadlineIsAnsweredAndNotAsked() {
        CompletableFuture<QueryResult> expires = ask("expires", now + 10);
        CompletableFuture<QueryResult> late = ask("late", now - 10);
        CompletableFuture<QueryResult> waits = ask("waits");
        runner.expire(now + 10);
        assertRefused(expires, RejectReason.DEADLINE);
        assertRefused(late, RejectReason.DEADLINE);
        assertThat(waits).isNotDone();
        CompletableFuture<QueryResult> tooLate = ask("too late", System.nanoTime() - 1);
        runOne();
        assertRefused(tooLate, RejectReason.DEADLINE);
        assertThat(asked).containsExactly("waits");
    }

    @Test
    void aFailureIsTheQuerysOwn() {
        CompletableFuture<QueryResult> malformed = ask("malformed");
        CompletableFuture<QueryResult> next = ask("next");
        runOne();
        assertThat(malformed)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(next).isCompleted();
    }

    @Test
    void closingRefusesWhatWaitsAndWhatComes() {
        CompletableFuture<QueryResult> waits = ask("waits");
        runner.close();
        assertRefused(waits, RejectReason.UNAVAILABLE);
        assertRefused(ask("comes"), RejectReason.UNAVAILABLE);
        runOne();
        assertThat(asked).isEmpty();
    }

    @Test
    void closingInterruptsTheQueryThatIsBeingAnsweredAndNothingAfterIt() {
        CompletableFuture<QueryResult> first = ask("first");
        CompletableFuture<QueryResult> slow = ask("slow");
        List<Boolean> seen = new ArrayList<>();
        meanwhile = () -> {
            if (asked.contains("slow")) {
                runner.close();
                seen.add(first.isDone());
                seen.add(Thread.currentThread().isInterrupted());
                throw new IllegalStateException("interrupted");
            }
        };
        runOne();
        assertThat(seen)
                .as("what was answered before is given, and this one interrupted")
                .containsExactly(true, true);
        assertRefused(slow, RejectReason.UNAVAILABLE);
        assertThat(Thread.currentThread().isInterrupted())
                .as("the thread goes on with another shard's queries")
                .isFalse();
        runner.close();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void whatNoThreadTakesAnyMoreIsRefused() {
        QueryRunner stopped = new QueryRunner(
                new ShardId("s1"),
                this::application,
                task -> {
                    throw new RejectedExecutionException("the node closes");
                },
                2);
        CompletableFuture<QueryResult> answer = new CompletableFuture<>();
        stopped.ask(Bytes.utf8("get"), now + SOON, answer);
        assertRefused(answer, RejectReason.UNAVAILABLE);
    }
}
