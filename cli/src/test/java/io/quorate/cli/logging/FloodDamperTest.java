package io.quorate.cli.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.cli.logging.FloodDamper.Decision;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FloodDamperTest {
    private static final Decision PASS = new Decision(true, 0, false);
    private static final Decision DROP = new Decision(false, 0, false);

    private final FloodDamper damper = new FloodDamper(3, 1000, 2);

    @Test
    void theFirstOfAPeriodPassAndTheRestIsCounted() {
        assertThat(damper.decide("a", 0)).isEqualTo(PASS);
        assertThat(damper.decide("a", 1)).isEqualTo(PASS);
        assertThat(damper.decide("a", 2)).isEqualTo(new Decision(true, 0, true));
        assertThat(damper.decide("a", 3)).isEqualTo(DROP);
        assertThat(damper.decide("a", 999)).isEqualTo(DROP);
        assertThat(damper.decide("a", 1000)).isEqualTo(new Decision(true, 2, false));
        assertThat(damper.decide("a", 1001)).isEqualTo(PASS);
    }

    @Test
    void kindsDoNotDisturbEachOther() {
        for (int i = 0; i < 10; i++) {
            damper.decide("a", i);
        }
        assertThat(damper.decide("b", 10)).isEqualTo(PASS);
        assertThat(damper.decide("a", 10)).isEqualTo(DROP);
    }

    @Test
    void theKindLongestUnseenIsForgotten() {
        for (int i = 0; i < 10; i++) {
            damper.decide("a", i);
        }
        damper.decide("b", 10);
        damper.decide("c", 10);
        assertThat(damper.decide("a", 10)).isEqualTo(PASS);
    }

    @Test
    void aClockThatJumpsBackSilencesNothing() {
        for (int i = 0; i < 10; i++) {
            damper.decide("a", 100_000);
        }
        assertThat(damper.decide("a", 5).pass()).isTrue();
    }

    @Property
    void everyEventIsEitherPassedOrCounted(@ForAll @Size(max = 60) List<@IntRange(max = 400) Integer> steps) {
        FloodDamper fresh = new FloodDamper(2, 1000, 1);
        long now = 0;
        long dropped = 0;
        long told = 0;
        for (int step : steps) {
            now += step;
            Decision decision = fresh.decide("a", now);
            dropped += decision.pass() ? 0 : 1;
            told += decision.suppressedBefore();
        }
        assertThat(told + fresh.decide("a", now + 1000).suppressedBefore()).isEqualTo(dropped);
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> new FloodDamper(0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
