package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class WatermarkTest {
    private static final long DEADLINE = 100;

    private final Watermark mark = new Watermark(3);

    private static Throwable failure(CompletableFuture<Void> future) {
        assertThat(future).isCompletedExceptionally();
        return future.handle((nothing, why) -> why).join();
    }

    @Test
    void completesAtTheValueAndNotBefore() {
        assertThat(mark.await(3, DEADLINE)).isCompleted();
        CompletableFuture<Void> five = mark.await(5, DEADLINE);
        CompletableFuture<Void> four = mark.await(4, DEADLINE);
        mark.advance(4);
        assertThat(four).isCompleted();
        assertThat(five).isNotDone();
        mark.advance(2);
        assertThat(mark.value()).isEqualTo(4);
        mark.advance(7);
        assertThat(five).isCompleted();
    }

    @Test
    void failsAtTheDeadlineAndNotBefore() {
        CompletableFuture<Void> four = mark.await(4, DEADLINE);
        mark.expire(DEADLINE - 1);
        assertThat(four).isNotDone();
        mark.expire(DEADLINE);
        assertThat(failure(four)).isInstanceOf(TimeoutException.class).hasMessageContaining("applied 3");
    }

    @Test
    void afterItFailedNobodyWaitsAnyMore() {
        RuntimeException closed = new IllegalStateException("closed");
        CompletableFuture<Void> waiting = mark.await(4, DEADLINE);
        mark.fail(closed);
        assertThat(failure(waiting)).isSameAs(closed);
        assertThat(failure(mark.await(4, DEADLINE)))
                .as("one that comes after the end must not wait for its deadline")
                .isSameAs(closed);
        assertThat(mark.await(3, DEADLINE)).as("what was reached is reached").isCompleted();
    }
}
