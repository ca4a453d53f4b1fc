package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CheckpointScheduleTest {
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final long START = -5; // System.nanoTime() may be negative

    private final CheckpointSchedule schedule = new CheckpointSchedule(INTERVAL, 1000, START);

    @Test
    void dueAfterSoManyBytesAtOnceAndAfterTheIntervalWithAnyChange() {
        assertThat(schedule.isDue(999, START + INTERVAL.toNanos() - 1)).isFalse();
        assertThat(schedule.isDue(0, START + INTERVAL.toNanos()))
                .as("nothing changed")
                .isFalse();
        assertThat(schedule.isDue(1, START + INTERVAL.toNanos())).isTrue();
        schedule.finished(true);
        assertThat(schedule.isDue(1, START + INTERVAL.toNanos() + 1)).isFalse();
        assertThat(schedule.isDue(1000, START + INTERVAL.toNanos() + 1)).isTrue();
    }

    @Test
    void aFailedOneIsNotTriedAgainAtOnce() {
        long now = START;
        assertThat(schedule.isDue(5000, now)).isTrue();
        schedule.finished(false);
        assertThat(schedule.isDue(5000, now + INTERVAL.toNanos() - 1)).isFalse();
        assertThat(schedule.isDue(5000, now + INTERVAL.toNanos())).isTrue();
        schedule.finished(true);
        assertThat(schedule.isDue(5000, now + INTERVAL.toNanos() + 1)).isTrue();
    }

    @Test
    void oneAtATime() {
        assertThat(schedule.isDue(5000, START)).isTrue();
        assertThat(schedule.isDue(5000, START + 10 * INTERVAL.toNanos())).isFalse();
        schedule.finished(true);
        assertThat(schedule.isDue(5000, START + 10 * INTERVAL.toNanos())).isTrue();
    }
}
