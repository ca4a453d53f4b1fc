package io.quorate.tests.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.tests.history.RandomHistory.Shape;
import io.quorate.tests.history.RegisterAction.Read;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Histories as a chaos run leaves them; decided within the standard budget, which is counted in work and not in time.
 */
class CheckerAtScaleTest {
    private static CheckResult check(List<Operation> history) {
        return new LinearizabilityChecker(CheckBudget.standard()).check(history);
    }

    /** Values are all different where their number is 0. */
    @ParameterizedTest
    @CsvSource({
        "400000, 20, 400, 0, 30, 3",
        "400000, 20, 400, 5, 0, 3",
        "100000, 20, 1, 0, 30, 3",
        "10000, 10, 1, 0, 30, 10",
        "10000, 10, 1, 0, 0, 10",
        "10000, 10, 1, 5, 0, 3",
        "10000, 10, 1, 5, 0, 10",
        "10000, 10, 1, 5, 30, 3",
    })
    void acceptsLargeExecutedHistories(int operations, int processes, int keys, int values, int cas, int info) {
        Shape shape = new Shape(operations, processes, keys, values, cas, info, 5);
        CheckResult result = check(RandomHistory.of(shape, new Random(1)));
        assertThat(result.verdict()).as("%s", result.describe()).isEqualTo(Verdict.LINEARIZABLE);
        assertThat(result.operations()).isEqualTo(operations);
        assertThat(result.keys()).isEqualTo(keys);
    }

    @ParameterizedTest
    @CsvSource({"400000, 20, 400, 30, 3", "10000, 10, 1, 30, 10", "10000, 10, 1, 0, 10", "10000, 10, 1, 0, 0"})
    void findsOneStaleReadNearTheEndAndShowsItSmall(int operations, int processes, int keys, int cas, int info) {
        Shape shape = new Shape(operations, processes, keys, 0, cas, info, 5);
        List<Operation> history = new ArrayList<>(RandomHistory.of(shape, new Random(1)));
        Operation stale = makeOneReadStale(history);

        CheckResult result = check(history);

        assertThat(result.violatingKeys()).containsExactly(stale.key());
        Counterexample counterexample = result.counterexamples().get(0);
        assertThat(counterexample.breaking()).isEqualTo(stale);
        assertThat(counterexample.minimal()).isTrue();
        assertThat(counterexample.placed().size() + counterexample.unplaced().size())
                .isLessThan(12);
    }

    /** Lets a read in the last twentieth return what a read of that key had returned before the last tenth began. */
    private static Operation makeOneReadStale(List<Operation> history) {
        for (int late = history.size() * 19 / 20; late < history.size(); late++) {
            Operation read = history.get(late);
            if (!isAnsweredRead(read)) {
                continue;
            }
            for (int early = history.size() * 9 / 10; early > 0; early--) {
                Operation old = history.get(early);
                if (isAnsweredRead(old)
                        && old.key().equals(read.key())
                        && !old.action().equals(read.action())) {
                    Operation stale = new Operation(
                            read.process(),
                            read.key(),
                            old.action(),
                            Outcome.OK,
                            read.invokedNanos(),
                            read.completedNanos());
                    history.set(late, stale);
                    return stale;
                }
            }
        }
        throw new AssertionError("no read to make stale");
    }

    private static boolean isAnsweredRead(Operation operation) {
        return operation.action() instanceof Read && operation.outcome() == Outcome.OK;
    }
}
