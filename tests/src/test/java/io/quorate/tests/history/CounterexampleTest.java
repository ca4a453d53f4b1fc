package io.quorate.tests.history;

import static io.quorate.tests.history.Histories.cas;
import static io.quorate.tests.history.Histories.check;
import static io.quorate.tests.history.Histories.failed;
import static io.quorate.tests.history.Histories.ok;
import static io.quorate.tests.history.Histories.read;
import static io.quorate.tests.history.Histories.unknown;
import static io.quorate.tests.history.Histories.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CounterexampleTest {
    private static Counterexample explain(List<Operation> history) {
        CheckResult result = check(history);
        assertThat(result.counterexamples()).hasSize(1);
        return result.counterexamples().get(0);
    }

    @Test
    void aStaleReadIsShownWithTheTwoWritesAndNothingElse() {
        List<Operation> history = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            history.add(ok(write("v" + i), 10 * i, 10 * i + 3));
            history.add(ok(read("v" + i), 10 * i + 4, 10 * i + 6));
        }
        Operation stale = ok(read("v123"), 4000, 4001);
        history.add(stale);

        Counterexample counterexample = explain(history);

        assertThat(counterexample.key()).isEqualTo(Histories.KEY);
        assertThat(counterexample.breaking()).isEqualTo(stale);
        assertThat(counterexample.linearizableOperations()).isEqualTo(800);
        assertThat(counterexample.placed()).containsExactly(ok(write("v123"), 1230, 1233));
        assertThat(counterexample.valueAfterPlaced()).isEqualTo("v123");
        assertThat(counterexample.unplaced()).hasSize(2).contains(stale);
        assertThat(counterexample.minimal()).isTrue();
    }

    @Test
    void itReadsLikeThis() {
        List<Operation> history = List.of(
                ok(write("1"), 0, 1),
                ok(read("1"), 2, 3),
                ok(cas("1", "2"), 4, 5),
                ok(read("1"), 6, 7),
                ok(read("2"), 8, 9));

        assertThat(explain(history).describe()).isEqualTo("""
                        key "k" is not linearizable. Its first 3 completed operations are; it breaks with
                            read -> "1" by process 6, [6 .. 7] ok
                        These operations alone show it.
                          The longest order of them:
                            write "1" by process 0, [0 .. 1] ok
                          The key is then "1", and these must still have their place:
                            cas "1" -> "2" by process 4, [4 .. 5] ok
                            read -> "1" by process 6, [6 .. 7] ok""");
    }

    @Test
    void aReadOfAFailedWriteNamesTheFailedWrite() {
        Operation failed = failed(write("7"), 2, 3);
        Counterexample counterexample =
                explain(List.of(ok(write("1"), 0, 1), failed, failed(write("1"), 4, 5), ok(read("7"), 6, 7)));

        assertThat(counterexample.placed()).isEmpty();
        assertThat(counterexample.unplaced()).containsExactly(ok(read("7"), 6, 7));
        assertThat(counterexample.related()).containsExactly(failed);
        assertThat(counterexample.describe())
                .contains("The key is then absent")
                .contains("comes from what was reported as failed")
                .contains("write \"7\" by process 2, [2 .. 3] fail");
    }

    @Test
    void theWayAValueCameAboutIsNotLeftOut() {
        Counterexample counterexample = explain(List.of(
                ok(write("0"), 0, 1),
                ok(write("1"), 2, 3),
                ok(cas("1", "2"), 4, 5),
                ok(read("2"), 6, 7),
                ok(write("3"), 8, 9),
                ok(read("2"), 10, 11)));

        List<Operation> shown = new ArrayList<>(counterexample.placed());
        shown.addAll(counterexample.unplaced());
        assertThat(shown)
                .containsExactlyInAnyOrder(
                        ok(write("1"), 2, 3), ok(cas("1", "2"), 4, 5), ok(write("3"), 8, 9), ok(read("2"), 10, 11));
    }

    @Test
    void aWriteThatWasOpenWhenItBrokeIsShownAsUnknown() {
        Counterexample counterexample = explain(List.of(
                ok(write("1"), 0, 1),
                ok(write("2"), 2, 90),
                ok(read("2"), 3, 4),
                ok(read("1"), 5, 6),
                ok(read("2"), 95, 96)));

        assertThat(counterexample.breaking()).isEqualTo(ok(read("1"), 5, 6));
        List<Operation> shown = new ArrayList<>(counterexample.placed());
        shown.addAll(counterexample.unplaced());
        assertThat(shown).contains(unknown(write("2"), 2));
    }

    @Test
    void onlySomeOfManyViolationsAreExplainedAndAllAreNamed() {
        List<Operation> history = new ArrayList<>();
        for (int key = 0; key < 30; key++) {
            history.add(new Operation(0, "k" + key, read("never"), Outcome.OK, 0, 1));
        }
        CheckResult result = check(history);

        assertThat(result.violatingKeys()).hasSize(30);
        assertThat(result.counterexamples()).hasSize(LinearizabilityChecker.MAX_COUNTEREXAMPLES);
        assertThat(result.describe()).contains("all keys that are not linearizable (30)");
    }

    @Test
    void aLongPartIsShownFromItsEnd() {
        List<Operation> placed = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            placed.add(ok(write("v" + i), i, i));
        }
        List<Operation> unplaced = List.copyOf(placed);
        Counterexample counterexample = new Counterexample("k", placed.get(39), 39, placed, unplaced, List.of(), false);

        assertThat(counterexample.describe())
                .contains("(28 earlier ones not shown)")
                .contains("(28 more not shown)")
                .contains("(the budget ended before they were fewest)")
                .contains("The key is then \"v39\"");
    }

    @Test
    void aCounterexampleNeedsAnOperationWithoutAPlace() {
        Operation operation = ok(read("1"), 0, 1);
        assertThatThrownBy(() -> new Counterexample("k", operation, 0, List.of(), List.of(), List.of(), true))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Counterexample("k", operation, -1, List.of(), List.of(operation), List.of(), true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
    }
}
