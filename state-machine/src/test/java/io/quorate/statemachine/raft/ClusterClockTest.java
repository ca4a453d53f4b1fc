package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A wall clock that jumps moves no cluster time: sessions expire by what passed, not by what a machine shows. */
class ClusterClockTest {
    private static final long HOUR = 3_600_000;

    private long committed;
    private long nanos = Long.MAX_VALUE - 1_000_000; // System.nanoTime() may overflow
    private long wall = 1_000_000_000_000L;
    private final ClusterClock clock = new ClusterClock(() -> committed, () -> nanos, () -> wall);

    private void pass(long millis) {
        nanos += millis * 1_000_000;
    }

    @Test
    void theFirstLeaderBeginsSomewhereAndThenOnlyElapsedTimeCounts() {
        assertThat(clock.now(1)).isEqualTo(wall);
        long began = wall;
        wall += 24 * HOUR;
        pass(5);
        assertThat(clock.now(1)).isEqualTo(began + 5);
        wall -= 72 * HOUR;
        pass(5);
        assertThat(clock.now(1)).isEqualTo(began + 10);
    }

    @Test
    void aLaterLeaderGoesOnFromWhatIsCommittedWhateverItsWallClockShows() {
        committed = 5_000;
        wall = 0;
        assertThat(clock.now(2)).isEqualTo(5_000);
        pass(7);
        committed = 5_003;
        assertThat(clock.now(2)).as("within a term time passes by itself").isEqualTo(5_007);
        pass(HOUR);
        committed = 5_007;
        wall = Long.MAX_VALUE;
        assertThat(clock.now(3)).as("without a leader time stands still").isEqualTo(5_007);
    }

    @Test
    void aWallClockBeforeItsEpochIsNoTimeBeforeTheBeginning() {
        wall = -HOUR;
        assertThat(clock.now(1)).isEqualTo(1);
    }
}
