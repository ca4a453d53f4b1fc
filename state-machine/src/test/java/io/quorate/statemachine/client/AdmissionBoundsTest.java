package io.quorate.statemachine.client;

import static io.quorate.statemachine.client.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What bounds the memory of a client: requests and their bytes, whoever asks for room, and for how long. */
@Timeout(60)
class AdmissionBoundsTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration FOR_EVER = Duration.ofHours(1);

    private static long in(Duration time) {
        return System.nanoTime() + time.toNanos();
    }

    /** Waits for room on a thread of its own. */
    private static CompletableFuture<Boolean> taking(Admission admission, int bytes, Duration patience) {
        CompletableFuture<Boolean> taken = new CompletableFuture<>();
        Thread caller = new Thread(
                () -> {
                    try {
                        taken.complete(admission.take(bytes, in(patience)));
                    } catch (InterruptedException e) {
                        taken.completeExceptionally(e);
                    }
                },
                "caller");
        caller.setDaemon(true);
        caller.start();
        await().until(() -> taken.isDone() || isWaiting(caller));
        return taken;
    }

    private static boolean isWaiting(Thread caller) {
        return caller.getState() == Thread.State.TIMED_WAITING;
    }

    @Test
    void bytesAreBoundedToTheLastOneAndRoomThatIsGivenBackIsRoomAgain() {
        Admission admission = new Admission(100, 1000);
        assertThat(admission.tryTake(600)).isTrue();
        assertThat(admission.tryTake(401)).as("one byte too many").isFalse();
        assertThat(admission.tryTake(400)).as("exactly full").isTrue();
        assertThat(admission.tryTake(1)).isFalse();
        assertThat(admission.count()).as("what was refused is not counted").isEqualTo(2);

        admission.giveBack(1, 400);
        assertThat(admission.tryTake(401)).isFalse();
        assertThat(admission.tryTake(400)).isTrue();
        admission.giveBack(2, 1000);
        assertThat(admission.count()).isZero();
        assertThat(admission.tryTake(1000)).as("all of it").isTrue();
    }

    @Test
    void requestsAreBoundedHoweverSmallTheyAre() {
        Admission admission = new Admission(3, 1000);
        for (int i = 0; i < 3; i++) {
            assertThat(admission.tryTake(0)).isTrue();
        }
        assertThat(admission.tryTake(0)).isFalse();
        admission.giveBack(1, 0);
        assertThat(admission.tryTake(1000)).isTrue();
    }

    @Test
    void neitherBoundIsEverExceededByCallersOnManyThreads() {
        int maxCount = 7;
        long maxBytes = 10_000;
        Admission admission = new Admission(maxCount, maxBytes);
        AtomicLong count = new AtomicLong();
        AtomicLong bytes = new AtomicLong();
        AtomicBoolean exceeded = new AtomicBoolean();
        List<CompletableFuture<Void>> callers = new ArrayList<>();
        for (int caller = 0; caller < 4; caller++) {
            Random random = new Random(caller);
            callers.add(CompletableFuture.runAsync(
                    () -> {
                        for (int i = 0; i < 50_000; i++) {
                            int size = random.nextInt(4000);
                            if (admission.tryTake(size)) {
                                // read before it is given back: what others hold meanwhile is in both sums
                                boolean over = count.incrementAndGet() > maxCount | bytes.addAndGet(size) > maxBytes;
                                exceeded.compareAndSet(false, over);
                                count.decrementAndGet();
                                bytes.addAndGet(-size);
                                admission.giveBack(1, size);
                            }
                        }
                    },
                    task -> new Thread(task, "caller").start()));
        }
        assertThat(CompletableFuture.allOf(callers.toArray(CompletableFuture[]::new)))
                .succeedsWithin(LONG);
        assertThat(exceeded).isFalse();
        assertThat(admission.count()).isZero();
        assertThat(admission.tryTake((int) maxBytes)).as("nothing got lost").isTrue();
    }

    @Test
    void aCallerThatWaitsGivesUpAtItsDeadlineAndHoldsNothing() throws InterruptedException {
        Admission admission = new Admission(10, 1000);
        assertThat(admission.tryTake(900)).isTrue();
        long deadline = in(Duration.ofMillis(100));
        assertThat(admission.take(101, deadline)).isFalse();
        assertThat(System.nanoTime() - deadline).as("not before it").isNotNegative();
        assertThat(admission.take(101, in(Duration.ofMillis(-1))))
                .as("a deadline that has passed")
                .isFalse();
        assertThat(admission.count()).isEqualTo(1);
        assertThat(admission.take(100, in(Duration.ofMillis(-1))))
                .as("there is room: nobody waits for it")
                .isTrue();
    }

    @Test
    void aCallerThatWaitsAloneGetsTheRoomThatIsGivenBack() {
        Admission admission = new Admission(10, 1000);
        assertThat(admission.tryTake(1000)).isTrue();
        CompletableFuture<Boolean> alone = taking(admission, 1, FOR_EVER);
        assertThat(alone).isNotDone();
        admission.giveBack(1, 1000);
        assertThat(alone).succeedsWithin(LONG).isEqualTo(true);
    }

    @Test
    void ofManyThatWaitAllForWhomThereIsRoomGetIt() {
        Admission admission = new Admission(10, 1000);
        assertThat(admission.tryTake(1000)).isTrue();
        CompletableFuture<Boolean> one = taking(admission, 500, FOR_EVER);
        CompletableFuture<Boolean> other = taking(admission, 500, FOR_EVER);
        CompletableFuture<Boolean> large = taking(admission, 501, FOR_EVER);
        admission.giveBack(1, 1000);
        assertThat(one).succeedsWithin(LONG).isEqualTo(true);
        assertThat(other).succeedsWithin(LONG).isEqualTo(true);
        assertThat(large).as("needs more than one of them gives back").isNotDone();
        admission.giveBack(1, 500);
        assertThat(large).isNotDone();
        admission.giveBack(1, 500);
        assertThat(large).succeedsWithin(LONG).isEqualTo(true);
    }

    @Test
    void theEndOfTheClientEndsEveryWait() {
        Admission admission = new Admission(1, 1000);
        assertThat(admission.tryTake(1)).isTrue();
        CompletableFuture<Boolean> waiting = taking(admission, 1, FOR_EVER);
        assertThat(waiting).isNotDone();
        admission.close();
        assertThat(waiting).succeedsWithin(LONG).isEqualTo(false);
        assertThat(taking(admission, 1, FOR_EVER))
                .as("also of one that comes later")
                .succeedsWithin(LONG)
                .isEqualTo(false);
    }

    @Test
    void aCallerThatIsInterruptedWaitsNoLonger() throws InterruptedException {
        Admission admission = new Admission(1, 1000);
        assertThat(admission.tryTake(1)).isTrue();
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread caller = new Thread(() -> {
            try {
                admission.take(1, in(FOR_EVER));
            } catch (InterruptedException e) {
                interrupted.set(true);
            }
        });
        caller.start();
        await().until(() -> isWaiting(caller));
        caller.interrupt();
        caller.join(LONG.toMillis());
        assertThat(interrupted).isTrue();
        admission.giveBack(1, 1);
        assertThat(admission.tryTake(1)).as("it holds nothing").isTrue();
    }
}
