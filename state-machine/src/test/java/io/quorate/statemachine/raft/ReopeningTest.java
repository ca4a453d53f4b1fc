package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReopeningTest {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final long NOW = Long.MAX_VALUE - 5; // System.nanoTime() may overflow

    private final Reopening reopening = new Reopening(PAUSE);
    private final UUID group = UUID.randomUUID();

    @Test
    void nothingBeginsUnlessAGroupIsWanted() {
        assertThat(reopening.begins(NOW)).isFalse();
        reopening.want(group);
        reopening.want(group);
        assertThat(reopening.begins(NOW)).isTrue();
        reopening.tryAll(group::equals);
        assertThat(reopening.begins(NOW + PAUSE.toNanos())).isFalse();
    }

    @Test
    void oneTryAtATimeAndAPauseBetweenTwo() {
        reopening.want(group);
        assertThat(reopening.begins(NOW)).isTrue();
        assertThat(reopening.begins(NOW + 2 * PAUSE.toNanos())).isFalse();
        reopening.tryAll(failed -> false);
        assertThat(reopening.begins(NOW + PAUSE.toNanos() - 1)).isFalse();
        assertThat(reopening.begins(NOW + PAUSE.toNanos())).isTrue();
    }
}
