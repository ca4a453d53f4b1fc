package io.quorate.tests.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.tests.history.RandomHistory.Shape;
import io.quorate.tests.history.RegisterAction.CompareAndSet;
import io.quorate.tests.history.RegisterAction.Read;
import io.quorate.tests.history.RegisterAction.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

class CheckerAgainstBruteForceTest {
    @Property(tries = 20_000)
    void agreesOnArbitraryHistories(@ForAll("smallHistories") List<Operation> history) {
        assertAgreement(history);
    }

    @Property(tries = 20_000)
    void agreesOnExecutedHistoriesWithOneThingChanged(@ForAll("smallShapes") Shape shape, @ForAll long seed) {
        Random random = new Random(seed);
        List<Operation> history = new ArrayList<>(RandomHistory.of(shape, random));
        int changed = random.nextInt(history.size());
        history.set(changed, change(history.get(changed), random));
        assertAgreement(history);
    }

    @Property(tries = 3_000)
    void acceptsWhatWasExecuted(@ForAll("shapes") Shape shape, @ForAll long seed) {
        List<Operation> history = RandomHistory.of(shape, new Random(seed));
        assertThat(Histories.isLinearizable(history)).isTrue();
    }

    @Property(tries = 20_000)
    void acceptsSmallExecutedHistoriesAsBruteForceDoes(@ForAll("smallShapes") Shape shape, @ForAll long seed) {
        List<Operation> history = RandomHistory.of(shape, new Random(seed));
        assertThat(BruteForce.isLinearizable(history)).isTrue();
        assertThat(Histories.isLinearizable(history)).isTrue();
    }

    private static void assertAgreement(List<Operation> history) {
        boolean expected = BruteForce.isLinearizable(history);
        Statistics.collect(expected ? "linearizable" : "violation");
        Statistics.coverage(coverage -> {
            coverage.check("linearizable").percentage(share -> share >= 10);
            coverage.check("violation").percentage(share -> share >= 10);
        });
        CheckResult result = Histories.check(history);
        assertThat(result.verdict())
                .as("%s", result.describe())
                .isEqualTo(expected ? Verdict.LINEARIZABLE : Verdict.VIOLATION);
        result.counterexamples().forEach(counterexample -> assertExplains(counterexample, history));
    }

    /** What a counterexample says is true by brute force. */
    private static void assertExplains(Counterexample counterexample, List<Operation> history) {
        List<Operation> shown = new ArrayList<>(counterexample.placed());
        shown.addAll(counterexample.unplaced());
        assertThat(BruteForce.isLinearizable(shown)).as("the part shown").isFalse();
        assertThat(BruteForce.isLinearizable(counterexample.placed()))
                .as("the order shown")
                .isTrue();

        List<Operation> before = seenBefore(counterexample.breaking(), history);
        long completed = before.stream()
                .filter(operation -> operation.outcome() == Outcome.OK)
                .count();
        if (completed == counterexample.linearizableOperations()) {
            assertThat(BruteForce.isLinearizable(before)).as("the prefix").isTrue();
            List<Operation> with = new ArrayList<>(before);
            with.removeIf(operation ->
                    operation.invokedNanos() > counterexample.breaking().completedNanos());
            with.add(counterexample.breaking());
            assertThat(BruteForce.isLinearizable(with))
                    .as("the prefix and what breaks it")
                    .isFalse();
        } else {
            Statistics.label("ties").collect("several completed when it broke");
        }
    }

    /** The history as it was known when an operation had not yet completed, without that operation. */
    private static List<Operation> seenBefore(Operation breaking, List<Operation> history) {
        List<Operation> seen = new ArrayList<>();
        for (Operation operation : history) {
            if (operation == breaking || operation.invokedNanos() > breaking.completedNanos()) {
                continue;
            }
            boolean open = operation.outcome() == Outcome.OK && operation.completedNanos() >= breaking.completedNanos();
            seen.add(open ? operation.withUnknownOutcome() : operation);
        }
        return seen;
    }

    private static Operation change(Operation operation, Random random) {
        String value = random.nextBoolean() ? null : "v" + random.nextInt(4);
        RegisterAction action = operation.action();
        if (action instanceof Read && operation.outcome() == Outcome.OK) {
            action = new Read(value);
        } else if (action instanceof Write write) {
            action = new Write(random.nextBoolean() ? value : write.value());
        } else if (action instanceof CompareAndSet cas) {
            action = new CompareAndSet(random.nextBoolean() ? value : cas.expected(), cas.value());
        }
        long invoked = operation.invokedNanos() + random.nextInt(100);
        if (operation.outcome() == Outcome.INFO && random.nextBoolean()) {
            return new Operation(operation.process(), operation.key(), action, Outcome.INFO, invoked, Operation.NEVER);
        }
        Outcome outcome = random.nextInt(4) == 0 ? Outcome.FAIL : Outcome.OK;
        return new Operation(
                operation.process(), operation.key(), action, outcome, invoked, invoked + random.nextInt(60));
    }

    @Provide
    Arbitrary<Shape> smallShapes() {
        return shapes(7);
    }

    @Provide
    Arbitrary<Shape> shapes() {
        return shapes(400);
    }

    private static Arbitrary<Shape> shapes(int maxOperations) {
        return Combinators.combine(
                        Arbitraries.integers().between(1, maxOperations),
                        Arbitraries.integers().between(1, 6),
                        Arbitraries.of(0, 1, 2, 3, 5),
                        Arbitraries.of(0, 30, 60),
                        Arbitraries.of(0, 5, 30),
                        Arbitraries.of(0, 10))
                .as((operations, processes, values, cas, info, fail) ->
                        new Shape(operations, processes, 1, values, cas, info, fail));
    }

    @Provide
    Arbitrary<List<Operation>> smallHistories() {
        return operations().list().ofMinSize(1).ofMaxSize(6);
    }

    private static Arbitrary<Operation> operations() {
        Arbitrary<String> values = Arbitraries.of("a", "b", "c").injectNull(0.25);
        Arbitrary<RegisterAction> actions = Combinators.combine(
                        Arbitraries.integers().between(0, 2), values, values)
                .as((kind, first, second) -> switch (kind) {
                    case 0 -> new Read(first);
                    case 1 -> new Write(first);
                    default -> new CompareAndSet(first, second);
                });
        Arbitrary<Outcome> outcomes =
                Arbitraries.frequency(Tuple.of(5, Outcome.OK), Tuple.of(3, Outcome.INFO), Tuple.of(1, Outcome.FAIL));
        Arbitrary<Integer> times = Arbitraries.integers().between(0, 12);
        return Combinators.combine(
                        actions, outcomes, times, times, Arbitraries.integers().between(0, 9))
                .as((action, outcome, invoked, lasts, process) -> operation(action, outcome, invoked, lasts, process));
    }

    private static Operation operation(RegisterAction action, Outcome outcome, long invoked, long lasts, long process) {
        boolean unknown = outcome == Outcome.INFO;
        RegisterAction known = unknown && action instanceof Read ? new Read(null) : action;
        return new Operation(
                process, Histories.KEY, known, outcome, invoked, unknown ? Operation.NEVER : invoked + lasts);
    }
}
