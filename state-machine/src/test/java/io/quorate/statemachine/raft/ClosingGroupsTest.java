package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClosingGroupsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final CompletableFuture<Void> hangs = new CompletableFuture<>();

    @Test
    void aGroupThatDoesNotCloseHoldsUpNeitherTheOthersNorWhoWaitsForAll() throws IOException {
        CompletableFuture<Void> other = new CompletableFuture<>();
        CompletableFuture<Void> closing = ClosingGroups.begin(List.of(hangs::join, () -> other.complete(null)));
        other.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        assertThatThrownBy(() -> ClosingGroups.await(closing::isDone, Duration.ofMillis(1), "group g1"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("group g1 did not close within 1 ms");
        hangs.complete(null);
        ClosingGroups.await(closing::isDone, PATIENCE, "group g1");
        assertThat(closing).isCompleted();
    }

    @Test
    void whatFailsToCloseHasEnded() throws IOException {
        CompletableFuture<Void> closing = ClosingGroups.begin(List.of(() -> {
            throw new IllegalStateException("planted");
        }));
        ClosingGroups.await(closing::isDone, PATIENCE, "group g1");
        assertThat(closing).isCompletedExceptionally();
    }
}
