package io.quorate.tests.history;

import io.quorate.tests.history.RegisterAction.CompareAndSet;
import io.quorate.tests.history.RegisterAction.Read;
import io.quorate.tests.history.RegisterAction.Write;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Makes a key that is known not to be linearizable small enough for a person to see why, by checking parts of it again.
 *
 * <p>Only parts are tried whose violation is one of the whole:
 *
 * <ul>
 *   <li><b>A prefix</b>: the first k operations to complete, and as of unknown outcome those invoked by then. A
 *       linearizable history has linearizable prefixes, so the shortest violating one is found by halving.
 *   <li><b>Without some values.</b> Let V be a set of values such that a compare-and-set from a value in V goes to one
 *       in V. Leave out every operation that reads, writes, expects or sets a value in V. <em>An order for the whole,
 *       without these operations, is one for the part</em>: let o be left over and find x in the whole order, so x is
 *       not in V. The last change before o brought x. Had it been left out, it would be a compare-and-set from a value
 *       in V to x, which then is in V. So it is still there, and no change stands between it and o. Operations that
 *       never looked find what they may. The initial value is brought by no operation, and the same holds.
 *   <li><b>Without some reads</b>, which change nothing.
 * </ul>
 *
 * Leaving out an operation of unknown outcome would not be sound and is not done, except by value.
 */
final class CounterexampleSearch {
    private static final Comparator<Operation> BY_COMPLETION = Comparator.comparingLong(Operation::completedNanos)
            .thenComparingLong(Operation::invokedNanos)
            .thenComparingLong(Operation::process);

    private static final int MAX_CHECKS = 2_000;

    private final CheckBudget budget;
    private int checks;
    private long explored;
    private boolean minimal = true;
    /** What the last part found to be a violation ended with. */
    private RegisterSearch.Result violation;

    CounterexampleSearch(CheckBudget budget) {
        this.budget = budget;
    }

    /** Configurations explored so far. */
    long explored() {
        return explored;
    }

    /**
     * Explains a key.
     *
     * @param whole what the search of these operations ended with, which is that there is no order
     */
    Counterexample explain(String key, List<Operation> operations, RegisterSearch.Result whole) {
        violation = whole;
        List<Operation> relevant = operations.stream()
                .filter(operation -> operation.outcome() != Outcome.FAIL)
                .toList();
        List<Operation> completed = relevant.stream()
                .filter(operation -> operation.outcome() == Outcome.OK)
                .sorted(BY_COMPLETION)
                .toList();
        int length = shortestViolatingPrefix(relevant, completed);
        List<Operation> part = prefix(relevant, completed, length);
        part = withoutMost(part, CounterexampleSearch::values, CounterexampleSearch::withoutValues);
        withoutMost(part, CounterexampleSearch::reads, CounterexampleSearch::withoutReads);
        return new Counterexample(
                key,
                completed.get(length - 1),
                length - 1,
                violation.placed(),
                violation.unplaced(),
                related(operations, violation.unplaced()),
                minimal);
    }

    private int shortestViolatingPrefix(List<Operation> relevant, List<Operation> completed) {
        int good = 0;
        int bad = completed.size();
        while (bad - good > 1) {
            int middle = (good + bad) >>> 1;
            if (isViolation(prefix(relevant, completed, middle))) {
                bad = middle;
            } else {
                good = middle;
            }
        }
        return bad;
    }

    private static List<Operation> prefix(List<Operation> relevant, List<Operation> completed, int length) {
        List<Operation> prefix = new ArrayList<>(completed.subList(0, length));
        long end = completed.get(length - 1).completedNanos();
        completed.subList(length, completed.size()).stream()
                .filter(operation -> operation.invokedNanos() <= end)
                .forEach(operation -> prefix.add(operation.withUnknownOutcome()));
        relevant.stream()
                .filter(operation -> operation.outcome() == Outcome.INFO && operation.invokedNanos() <= end)
                .forEach(prefix::add);
        return prefix;
    }

    private interface LeaveOut<T> {
        List<Operation> apply(List<Operation> part, Set<T> what);
    }

    /**
     * Leaves out as many things as it can while the part stays a violation: halves, quarters and so on to single ones.
     */
    private <T> List<Operation> withoutMost(
            List<Operation> start, Function<List<Operation>, List<T>> things, LeaveOut<T> leaveOut) {
        List<Operation> part = start;
        List<T> candidates = things.apply(part);
        int chunk = Math.max(1, candidates.size() / 2);
        while (!candidates.isEmpty()) {
            boolean smaller = false;
            for (int from = 0; from < candidates.size(); from += chunk) {
                int to = Math.min(candidates.size(), from + chunk);
                List<Operation> tried = leaveOut.apply(part, new HashSet<>(candidates.subList(from, to)));
                if (tried.size() < part.size() && isViolation(tried)) {
                    part = tried;
                    smaller = true;
                }
            }
            if (chunk == 1 && !smaller) {
                break;
            }
            chunk = Math.max(1, chunk / 2);
            candidates = things.apply(part);
        }
        return part;
    }

    /** Whether a part is certainly a violation, as far as the budget that is left can tell. */
    private boolean isViolation(List<Operation> part) {
        if (explored >= budget.maxStates() || checks == MAX_CHECKS) {
            minimal = false;
            return false;
        }
        checks++;
        CheckBudget left = new CheckBudget(budget.maxStates() - explored, budget.maxMemoryBytes());
        RegisterSearch.Result result = RegisterSearch.search(part, left);
        explored += result.explored();
        if (result.verdict() == RegisterSearch.Verdict.NONE) {
            violation = result;
            return true;
        }
        minimal &= result.verdict() != RegisterSearch.Verdict.GIVEN_UP;
        return false;
    }

    private static List<String> values(List<Operation> part) {
        Set<String> values = new LinkedHashSet<>();
        part.forEach(operation -> Collections.addAll(values, valuesOf(operation)));
        return new ArrayList<>(values);
    }

    private static String[] valuesOf(Operation operation) {
        RegisterAction action = operation.action();
        if (action instanceof Read read) {
            // A read without an answer touches no value.
            return operation.outcome() == Outcome.OK ? new String[] {read.value()} : new String[0];
        }
        if (action instanceof Write write) {
            return new String[] {write.value()};
        }
        if (action instanceof CompareAndSet cas) {
            return new String[] {cas.expected(), cas.value()};
        }
        throw new AssertionError("unhandled: " + action);
    }

    private static List<Operation> withoutValues(List<Operation> part, Set<String> values) {
        Set<String> closed = new HashSet<>(values);
        boolean grown = true;
        while (grown) {
            grown = false;
            for (Operation operation : part) {
                if (operation.action() instanceof CompareAndSet cas && closed.contains(cas.expected())) {
                    grown |= closed.add(cas.value());
                }
            }
        }
        return part.stream().filter(operation -> !touches(operation, closed)).toList();
    }

    private static boolean touches(Operation operation, Set<String> values) {
        for (String value : valuesOf(operation)) {
            if (values.contains(value)) {
                return true;
            }
        }
        return false;
    }

    private static List<Operation> reads(List<Operation> part) {
        return part.stream()
                .filter(operation -> operation.action() instanceof Read)
                .toList();
    }

    private static List<Operation> withoutReads(List<Operation> part, Set<Operation> reads) {
        return part.stream().filter(operation -> !reads.contains(operation)).toList();
    }

    /**
     * Failed operations that would have brought a value which an operation without a place needs, and nothing else
     * brought.
     */
    private static List<Operation> related(List<Operation> operations, List<Operation> unplaced) {
        Set<String> needed = new HashSet<>();
        for (Operation operation : unplaced) {
            if (operation.action() instanceof Read read) {
                needed.add(read.value());
            } else if (operation.action() instanceof CompareAndSet cas) {
                needed.add(cas.expected());
            }
        }
        operations.stream()
                .filter(operation -> operation.outcome() != Outcome.FAIL)
                .forEach(operation -> produced(operation).ifPresent(needed::remove));
        return operations.stream()
                .filter(operation -> operation.outcome() == Outcome.FAIL)
                .filter(operation ->
                        produced(operation).filter(needed::contains).isPresent())
                .toList();
    }

    /** The value that an operation brings; a delete is not counted, absent is there from the start. */
    private static Optional<String> produced(Operation operation) {
        if (operation.action() instanceof Write write) {
            return Optional.ofNullable(write.value());
        }
        return operation.action() instanceof CompareAndSet cas ? Optional.ofNullable(cas.value()) : Optional.empty();
    }
}
