package io.quorate.tests.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Says whether a history of registers with read, write and compare-and-set is linearizable: whether the operations of
 * each key can be put in one order in which every answer is right and no operation stands before one that had completed
 * when it was invoked.
 *
 * <p>OK operations are in that order. FAIL operations are not; a compare-and-set that fails is only known not to have
 * taken effect, and is not taken as a look at the value. INFO operations may be in it, anywhere after their invoke.
 * Every key starts absent.
 *
 * <p>A history is linearizable exactly if the part of each key is (Herlihy and Wing 1990, locality), so keys are
 * checked one by one, by {@link RegisterSearch}, after {@link StepPruning}. In general the question is NP-complete, so
 * each key has a {@link CheckBudget}. LINEARIZABLE and VIOLATION are certain; the result is the same every time. Holds
 * no state between checks; thread-safe.
 */
public final class LinearizabilityChecker {
    /** So many violations of one history are explained; the others are only named. */
    public static final int MAX_COUNTEREXAMPLES = 5;

    private final CheckBudget budget;

    /** A checker that spends at most this on each key. */
    public LinearizabilityChecker(CheckBudget budget) {
        this.budget = Objects.requireNonNull(budget, "budget");
    }

    /** Checks a history; the order of the collection does not matter, times do. */
    public CheckResult check(Collection<Operation> history) {
        SortedMap<String, List<Operation>> byKey = new TreeMap<>();
        for (Operation operation : history) {
            byKey.computeIfAbsent(operation.key(), key -> new ArrayList<>()).add(operation);
        }
        List<String> violatingKeys = new ArrayList<>();
        List<Counterexample> counterexamples = new ArrayList<>();
        List<UndecidedKey> undecided = new ArrayList<>();
        long explored = 0;
        for (var entry : byKey.entrySet()) {
            String key = entry.getKey();
            List<Operation> operations = entry.getValue();
            RegisterSearch.Result result = RegisterSearch.search(operations, budget);
            explored += result.explored();
            switch (result.verdict()) {
                case FOUND -> {}
                case GIVEN_UP -> undecided.add(new UndecidedKey(key, operations.size(), result.reason()));
                case NONE -> {
                    violatingKeys.add(key);
                    if (counterexamples.size() < MAX_COUNTEREXAMPLES) {
                        CounterexampleSearch search = new CounterexampleSearch(budget);
                        counterexamples.add(search.explain(key, operations, result));
                        explored += search.explored();
                    }
                }
            }
        }
        return new CheckResult(
                CheckResult.verdictOf(violatingKeys, undecided),
                byKey.size(),
                history.size(),
                explored,
                violatingKeys,
                counterexamples,
                undecided);
    }
}
