package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.wal.log.Lsn;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OutageTest {
    private static final Lsn NEXT = new Lsn(7);
    private static final long LONG = Duration.ofSeconds(10).toNanos();

    @Test
    void anElectionIsWaitedForCalmlyAndOnlyWhatLastsIsExplained() {
        Outage outage = new Outage();
        assertThat(outage.isOver()).isFalse();
        assertThat(outage.goesOn(NEXT, "refused", 5))
                .hasValueSatisfying(line ->
                        assertThat(line).contains("waiting for a leader", "7").doesNotContain("refused"));
        assertThat(outage.goesOn(NEXT, "refused", 4 + LONG)).isEmpty();
        assertThat(outage.goesOn(NEXT, "refused", 5 + LONG))
                .hasValueSatisfying(line -> assertThat(line).contains("refused"));
        assertThat(outage.goesOn(NEXT, "refused", 6 + LONG)).as("once").isEmpty();
        assertThat(outage.isOver()).isTrue();
        assertThat(outage.isOver()).as("told once").isFalse();
        assertThat(outage.goesOn(NEXT, "refused", 7 + LONG)).as("the next one").isPresent();
    }
}
