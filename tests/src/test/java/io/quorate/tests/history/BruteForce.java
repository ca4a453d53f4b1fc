package io.quorate.tests.history;

import io.quorate.tests.history.RegisterAction.CompareAndSet;
import io.quorate.tests.history.RegisterAction.Read;
import io.quorate.tests.history.RegisterAction.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Linearizability by its definition: tries every order of every choice of operations that may have taken effect. Shares
 * nothing with the checker, and is for at most about ten operations of one key.
 */
final class BruteForce {
    private BruteForce() {}

    static boolean isLinearizable(List<Operation> operations) {
        List<Operation> possible = new ArrayList<>(operations);
        possible.removeIf(operation -> operation.outcome() == Outcome.FAIL);
        return someOrderExplains(possible, null);
    }

    private static boolean someOrderExplains(List<Operation> left, String state) {
        if (left.stream().noneMatch(operation -> operation.outcome() == Outcome.OK)) {
            return true;
        }
        for (Operation next : left) {
            boolean tooEarly = left.stream().anyMatch(other -> other.completedNanos() < next.invokedNanos());
            if (!tooEarly && answersRightly(next, state)) {
                List<Operation> rest = new ArrayList<>(left);
                rest.remove(next);
                if (someOrderExplains(rest, stateAfter(next, state))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean answersRightly(Operation operation, String state) {
        if (operation.action() instanceof Read read) {
            return operation.outcome() == Outcome.INFO || Objects.equals(read.value(), state);
        }
        if (operation.action() instanceof CompareAndSet cas) {
            return Objects.equals(cas.expected(), state);
        }
        return true;
    }

    private static String stateAfter(Operation operation, String state) {
        if (operation.action() instanceof Write write) {
            return write.value();
        }
        if (operation.action() instanceof CompareAndSet cas) {
            return cas.value();
        }
        return state;
    }
}
