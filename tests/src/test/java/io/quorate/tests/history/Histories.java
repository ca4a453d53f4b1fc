package io.quorate.tests.history;

import io.quorate.tests.history.RegisterAction.CompareAndSet;
import io.quorate.tests.history.RegisterAction.Read;
import io.quorate.tests.history.RegisterAction.Write;
import java.util.Collection;

/** Short names for writing histories by hand; each operation has a process of its own. */
final class Histories {
    static final String KEY = "k";

    private static final LinearizabilityChecker CHECKER = new LinearizabilityChecker(CheckBudget.standard());

    private Histories() {}

    static Operation ok(RegisterAction action, long invoked, long completed) {
        return new Operation(invoked, KEY, action, Outcome.OK, invoked, completed);
    }

    static Operation failed(RegisterAction action, long invoked, long completed) {
        return new Operation(invoked, KEY, action, Outcome.FAIL, invoked, completed);
    }

    static Operation unknown(RegisterAction action, long invoked) {
        return new Operation(invoked, KEY, action, Outcome.INFO, invoked, Operation.NEVER);
    }

    static RegisterAction read(String value) {
        return new Read(value);
    }

    static RegisterAction write(String value) {
        return new Write(value);
    }

    static RegisterAction cas(String expected, String value) {
        return new CompareAndSet(expected, value);
    }

    static CheckResult check(Collection<Operation> history) {
        return CHECKER.check(history);
    }

    static boolean isLinearizable(Collection<Operation> history) {
        CheckResult result = check(history);
        if (result.verdict() == Verdict.UNDECIDED) {
            throw new AssertionError(result.describe());
        }
        return result.verdict() == Verdict.LINEARIZABLE;
    }
}
