package io.quorate.statemachine.kv.client;

import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.AppendOutcome.Rejected;

/**
 * A write was not carried out, or it is not known whether it was: {@link #mayHaveHappened} tells these apart.
 */
public final class KvWriteException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient AppendOutcome outcome;
    private final boolean mayHaveHappened;

    KvWriteException(AppendOutcome outcome) {
        super(message(outcome));
        this.outcome = outcome;
        this.mayHaveHappened = outcome instanceof Indeterminate;
    }

    private static String message(AppendOutcome outcome) {
        if (outcome instanceof Rejected rejected) {
            return rejected.message() + " [" + rejected.reason() + "]; it was not applied";
        }
        if (outcome instanceof Indeterminate indeterminate) {
            return indeterminate.message() + "; it may have been applied or may still be";
        }
        if (outcome instanceof Committed refused) {
            return "refused: " + refused.result().value().utf8();
        }
        throw new AssertionError("no failure: " + outcome);
    }

    /** How the append ended: rejected, indeterminate, or committed with a refusal. Null after serialization. */
    public AppendOutcome outcome() {
        return outcome;
    }

    /** True if it may be, or become, part of the state; false if it certainly is not and never will be. */
    public boolean mayHaveHappened() {
        return mayHaveHappened;
    }
}
