package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class SharedUseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final SharedUse use = new SharedUse();
    private final AtomicInteger freed = new AtomicInteger();

    @Test
    void itIsReplacedOnceNobodyUsesItAndUsedAgainAfterThat() {
        assertThat(use.enter()).isTrue();
        assertThat(use.tryEnter()).isTrue();
        CompletableFuture<Boolean> replacing = CompletableFuture.supplyAsync(() -> use.beginReplacing(() -> false));
        Awaitility.await().atMost(PATIENCE).until(() -> !enters());
        CompletableFuture<Boolean> next = CompletableFuture.supplyAsync(use::enter);
        use.exit();
        assertThat(replacing).isNotDone();
        use.exit();
        assertThat(replacing.join()).isTrue();
        assertThat(next).isNotDone();
        use.endReplacing();
        assertThat(next.join()).isTrue();
    }

    private boolean enters() {
        boolean entered = use.tryEnter();
        if (entered) {
            use.exit();
        }
        return entered;
    }

    @Test
    void whoWaitsToReplaceItLetsGoWhenAskedTo() {
        assertThat(use.enter()).isTrue();
        AtomicBoolean letGo = new AtomicBoolean();
        CompletableFuture<Boolean> replacing = CompletableFuture.supplyAsync(() -> use.beginReplacing(letGo::get));
        Awaitility.await().atMost(PATIENCE).until(() -> !enters());
        letGo.set(true);
        assertThat(replacing.join()).isFalse();
        assertThat(use.tryEnter()).as("used as before").isTrue();
    }

    @Test
    void closingFreesWhatNobodyUses() {
        assertThat(use.close(PATIENCE, freed::incrementAndGet)).isTrue();
        assertThat(freed).hasValue(1);
        assertThat(use.enter()).isFalse();
        assertThat(use.beginReplacing(() -> false)).isFalse();
    }

    @Test
    void whoeverLeavesLastFreesWhatWasInUseAsItWasClosed() {
        assertThat(use.enter()).isTrue();
        assertThat(use.enter()).isTrue();
        assertThat(use.close(Duration.ofMillis(1), freed::incrementAndGet)).isFalse();
        assertThat(use.enter()).isFalse();
        use.exit();
        assertThat(freed).hasValue(0);
        use.exit();
        assertThat(freed).hasValue(1);
    }

    @Test
    void anInterruptEndsTheWaitingAndFreesNothingInUse() {
        assertThat(use.enter()).isTrue();
        Thread.currentThread().interrupt();
        assertThat(use.close(PATIENCE, freed::incrementAndGet)).isFalse();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(freed).hasValue(0);
        use.exit();
        assertThat(freed).hasValue(1);
    }

    @Test
    void whoWaitsWhileItIsReplacedHearsThatItWasClosed() {
        assertThat(use.beginReplacing(() -> false)).isTrue();
        CompletableFuture<Boolean> waits = CompletableFuture.supplyAsync(use::enter);
        assertThat(use.close(PATIENCE, freed::incrementAndGet)).isFalse();
        assertThat(waits.join()).isFalse();
        assertThat(freed).as("who replaces it may have made another one").hasValue(0);
        use.endReplacing();
        assertThat(freed).hasValue(1);
    }
}
