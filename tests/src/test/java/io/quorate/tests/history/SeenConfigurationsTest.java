package io.quorate.tests.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.tests.history.SeenConfigurations.Answer;
import org.junit.jupiter.api.Test;

class SeenConfigurationsTest {
    private static final int[] NONE_USED = {0, 0};

    private static Answer add(SeenConfigurations seen, int[] used, int... placed) {
        return seen.add(placed, placed.length, used);
    }

    @Test
    void aConfigurationIsNewOnce() {
        SeenConfigurations seen = new SeenConfigurations(1 << 20, 2);
        assertThat(add(seen, NONE_USED, 1, 2)).isEqualTo(Answer.NEW);
        assertThat(add(seen, NONE_USED, 1, 2)).isEqualTo(Answer.COVERED);
        assertThat(add(seen, NONE_USED, 1, 2, 0)).isEqualTo(Answer.NEW);
        assertThat(add(seen, NONE_USED, 1)).isEqualTo(Answer.NEW);
    }

    @Test
    void oneThatHasUsedLessCoversOneThatHasUsedMoreAndNotTheOtherWayRound() {
        SeenConfigurations seen = new SeenConfigurations(1 << 20, 2);
        assertThat(add(seen, new int[] {1, 3}, 7)).isEqualTo(Answer.NEW);
        assertThat(add(seen, new int[] {2, 3}, 7)).isEqualTo(Answer.COVERED);
        assertThat(add(seen, new int[] {3, 2}, 7)).isEqualTo(Answer.NEW);
        assertThat(add(seen, new int[] {1, 2}, 7)).isEqualTo(Answer.NEW);
        assertThat(add(seen, new int[] {3, 2}, 7)).isEqualTo(Answer.COVERED);
    }

    @Test
    void nothingIsForgottenWhileItGrows() {
        SeenConfigurations seen = new SeenConfigurations(64 << 20, 0);
        int[] unused = {};
        for (int i = 0; i < 200_000; i++) {
            assertThat(add(seen, unused, i, i / 7, i % 7)).isEqualTo(Answer.NEW);
        }
        for (int i = 0; i < 200_000; i++) {
            assertThat(add(seen, unused, i, i / 7, i % 7)).isEqualTo(Answer.COVERED);
        }
    }

    @Test
    void itIsFullBeforeItTakesMoreMemoryThanAllowed() {
        SeenConfigurations seen = new SeenConfigurations(1 << 20, 0);
        int[] unused = {};
        int added = 0;
        while (add(seen, unused, added, 1, 2, 3) == Answer.NEW) {
            added++;
        }
        assertThat(add(seen, unused, added, 1, 2, 3)).isEqualTo(Answer.FULL);
        // A row is its four numbers and two more of four bytes each; the slots take the rest.
        assertThat(added).isBetween((1 << 20) / 24 / 2, (1 << 20) / 24);
        assertThat(add(seen, unused, 0, 1, 2, 3)).isEqualTo(Answer.COVERED);
    }
}
