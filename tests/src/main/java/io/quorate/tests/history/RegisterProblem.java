package io.quorate.tests.history;

import io.quorate.tests.history.RegisterAction.CompareAndSet;
import io.quorate.tests.history.RegisterAction.Read;
import io.quorate.tests.history.RegisterAction.Write;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The operations of one key, prepared for the search: pruned, numbered, required steps in the order of their invokes,
 * optional ones in groups.
 *
 * <p>An optional group holds the optional steps that do the same. They differ only in when they were invoked and have
 * no deadline, so in any order that uses some of them they can be exchanged for those invoked first: the search uses a
 * group from its earliest member on, and the number of used members says which.
 *
 * <p>Values that no step observes are one state, {@link #unobserved}: no step can tell them apart. Immutable.
 */
final class RegisterProblem {
    private final Step[] required;
    private final Step[][] optional;
    private final int[] stateOf;
    private final int states;
    private final int unobserved;

    private RegisterProblem(Step[] required, Step[][] optional, int[] stateOf, int states) {
        this.required = required;
        this.optional = optional;
        this.stateOf = stateOf;
        this.states = states;
        this.unobserved = states - 1;
    }

    /** Prepares the operations of one key; failed ones are left out, they never took effect. */
    static RegisterProblem of(List<Operation> operations) {
        ValueIds values = new ValueIds();
        List<Step> steps = new ArrayList<>(operations.size());
        for (Operation operation : operations) {
            if (operation.outcome() != Outcome.FAIL) {
                steps.add(step(operation, values));
            }
        }
        steps.removeIf(step -> !step.required && step.isRead());
        steps = new StepPruning(steps, values.size()).prune();

        boolean[] observed = new boolean[values.size()];
        for (Step step : steps) {
            if (step.expects != Step.NONE) {
                observed[step.expects] = true;
            }
        }
        int[] stateOf = new int[values.size()];
        int states = 0;
        for (int value = 0; value < stateOf.length; value++) {
            stateOf[value] = observed[value] ? states++ : Step.NONE;
        }
        for (int value = 0; value < stateOf.length; value++) {
            stateOf[value] = observed[value] ? stateOf[value] : states;
        }
        return new RegisterProblem(requiredOf(steps), optionalOf(steps), stateOf, states + 1);
    }

    private static Step step(Operation operation, ValueIds values) {
        RegisterAction action = operation.action();
        if (action instanceof Read read) {
            return new Step(operation, values.idOf(read.value()), Step.NONE);
        }
        if (action instanceof Write write) {
            return new Step(operation, Step.NONE, values.idOf(write.value()));
        }
        if (action instanceof CompareAndSet cas) {
            int expected = values.idOf(cas.expected());
            int value = values.idOf(cas.value());
            return new Step(operation, expected, expected == value ? Step.NONE : value);
        }
        throw new AssertionError("unhandled: " + action);
    }

    private static Step[] requiredOf(List<Step> steps) {
        return steps.stream()
                .filter(step -> step.required)
                .sorted(Comparator.comparingLong(step -> step.invokedNanos))
                .toArray(Step[]::new);
    }

    private static Step[][] optionalOf(List<Step> steps) {
        Map<Long, List<Step>> groups = new LinkedHashMap<>();
        for (Step step : steps) {
            if (!step.required) {
                long action = (long) step.expects << 32 | step.produces;
                groups.computeIfAbsent(action, a -> new ArrayList<>()).add(step);
            }
        }
        return groups.values().stream()
                .sorted(Comparator.comparing(group -> group.get(0).expects == Step.NONE))
                .map(group -> group.stream()
                        .sorted(Comparator.comparingLong(step -> step.invokedNanos))
                        .toArray(Step[]::new))
                .toArray(Step[][]::new);
    }

    /**
     * Whether some required step is in no order at all, whatever the others do: it needs a value that nothing produces,
     * or it was answered before the only producer of what it needs was invoked (lemma 3 then puts that producer's
     * deadline before its invoke).
     */
    boolean hasImpossibleStep() {
        boolean[] produced = new boolean[states];
        produced[initialState()] = true;
        for (Step step : required) {
            if (step.produces != Step.NONE) {
                produced[left(step)] = true;
            }
        }
        for (Step[] group : optional) {
            produced[left(group[0])] = true;
        }
        for (Step step : required) {
            int needed = needed(step);
            if (step.deadlineNanos < step.invokedNanos || needed != Step.NONE && !produced[needed]) {
                return true;
            }
        }
        return false;
    }

    List<Operation> requiredOperations() {
        return Arrays.stream(required).map(step -> step.operation).toList();
    }

    int requiredCount() {
        return required.length;
    }

    /** A required step; they are numbered from 0 by rising invoke time. */
    Step required(int index) {
        return required[index];
    }

    int groupCount() {
        return optional.length;
    }

    /** How many optional steps a group has. */
    int groupSize(int group) {
        return optional[group].length;
    }

    /** A member of an optional group; they are numbered from 0 by rising invoke time. */
    Step optional(int group, int member) {
        return optional[group][member];
    }

    /** States are numbered from 0; the last is {@link #unobserved}. */
    int stateCount() {
        return states;
    }

    /** The state in which the register holds a value that nothing observes. */
    int unobserved() {
        return unobserved;
    }

    int initialState() {
        return stateOf[ValueIds.ABSENT];
    }

    /** The state that a step needs, or {@link Step#NONE}. */
    int needed(Step step) {
        return step.expects == Step.NONE ? Step.NONE : stateOf[step.expects];
    }

    /** The state that a step leaves, or {@link Step#NONE} if it leaves what it finds. */
    int left(Step step) {
        return step.produces == Step.NONE ? Step.NONE : stateOf[step.produces];
    }

    long[] requiredInvokes() {
        return Arrays.stream(required).mapToLong(step -> step.invokedNanos).toArray();
    }

    long[] requiredDeadlines() {
        return Arrays.stream(required).mapToLong(step -> step.deadlineNanos).toArray();
    }
}
