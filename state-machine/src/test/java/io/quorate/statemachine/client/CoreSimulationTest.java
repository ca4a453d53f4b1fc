package io.quorate.statemachine.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class CoreSimulationTest {
    @Property(tries = 1500, edgeCases = EdgeCasesMode.NONE)
    void everyAppendIsAnsweredOnceAppliedAtMostOnceAndNeverAfterARejection(@ForAll long seed) {
        new CoreSimulation(seed).run(600);
    }

    /** The test of the test. */
    @Test
    void theSimulationFindsAWriterWhoseResendsWaitBehindOneThatHasNoRoom() {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> {
                    for (long seed = 1; seed <= 1500; seed++) {
                        new CoreSimulation(seed, BlockedByItsHead::new).run(600);
                    }
                })
                .withMessageContaining("which had time left");
    }

    @Test
    void theSimulationCommitsSomething() {
        CoreSimulation simulation = new CoreSimulation(7);
        simulation.run(600);
        assertThat(simulation.anyCommitted()).isTrue();
    }
}
