package io.quorate.tests.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.tests.history.RegisterAction.Read;
import io.quorate.tests.history.RegisterAction.Write;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryModelTest {
    private static void assertRefused(String message, Runnable creation) {
        assertThatThrownBy(creation::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void anOperationThatCannotBeIsRefused() {
        Write write = new Write("1");
        assertRefused("process < 0: -1", () -> new Operation(-1, "k", write, Outcome.OK, 0, 1));
        assertRefused("completed at 1 before invoked at 2", () -> new Operation(0, "k", write, Outcome.OK, 2, 1));
        assertRefused("INFO with completion at 3", () -> new Operation(0, "k", write, Outcome.INFO, 2, 3));
        assertRefused("OK with", () -> new Operation(0, "k", write, Outcome.OK, 2, Operation.NEVER));
        assertThat(new Operation(0, "k", write, Outcome.OK, 2, 2).invokedNanos())
                .isEqualTo(2);
    }

    @Test
    void anEventThatCannotBeIsRefused() {
        assertRefused("process < 0", () -> new HistoryEvent(-1, EventType.OK, "k", new Write("1"), 0));
        assertRefused("stands for never", () -> new HistoryEvent(0, EventType.OK, "k", new Write("1"), Long.MAX_VALUE));
        assertRefused("not on fail", () -> new HistoryEvent(0, EventType.FAIL, "k", new Read("1"), 0));
    }

    @Test
    void aBudgetOutOfRangeIsRefused() {
        assertRefused("maxStates < 1: 0", () -> new CheckBudget(0, 1 << 20));
        assertRefused("maxMemoryBytes", () -> new CheckBudget(1, (1 << 20) - 1));
        assertRefused("maxMemoryBytes", () -> new CheckBudget(1, (8L << 30) + 1));
        assertThat(new CheckBudget(1, 8L << 30).maxStates()).isEqualTo(1);
    }

    @Test
    void aResultThatContradictsItselfIsRefused() {
        assertRefused(
                "verdict LINEARIZABLE with 1 violating",
                () -> new CheckResult(Verdict.LINEARIZABLE, 1, 1, 0, List.of("k"), List.of(), List.of()));
        assertRefused(
                "verdict UNDECIDED with 0 violating",
                () -> new CheckResult(Verdict.UNDECIDED, 1, 1, 0, List.of(), List.of(), List.of()));
    }

    @Test
    void aCompareAndSetAndAReadAreDescribedForAPerson() {
        assertThat(Histories.ok(Histories.cas(null, "2"), 1, 2).describe())
                .isEqualTo("cas absent -> \"2\" by process 1, [1 .. 2] ok");
        assertThat(Histories.unknown(Histories.read(null), 1).describe()).isEqualTo("read by process 1, [1 .. ?] info");
        assertThat(Histories.ok(Histories.read(null), 1, 2).describe())
                .isEqualTo("read -> absent by process 1, [1 .. 2] ok");
    }
}
