package io.quorate.statemachine.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecentReservoirTest {
    private final RecentReservoir reservoir = new RecentReservoir();

    @Test
    void holdsWhatItWasGivenUntilItIsFull() {
        assertThat(reservoir.getSnapshot().getValues()).isEmpty();
        reservoir.update(3);
        reservoir.update(1);
        assertThat(reservoir.getSnapshot().getValues()).containsExactly(1, 3);
    }

    @Test
    void forgetsTheOldestBeyond256() {
        for (int i = 0; i < 1000; i++) {
            reservoir.update(i);
        }
        assertThat(reservoir.size()).isEqualTo(256);
        assertThat(reservoir.getSnapshot().getMin()).isEqualTo(1000 - 256);
        assertThat(reservoir.getSnapshot().getMax()).isEqualTo(999);
    }

    @Test
    void theSumIsOfAllValuesThatEverCame() {
        for (int i = 0; i < 1000; i++) {
            reservoir.update(i);
        }
        assertThat(((RecentSnapshot) reservoir.getSnapshot()).sum()).isEqualTo(999 * 1000 / 2);
    }
}
