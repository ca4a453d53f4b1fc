package io.quorate.tests.history;

/**
 * An operation as the search sees it: what state it needs, what state it leaves, when it may be placed and whether it
 * must be. Values are numbers here, {@link ValueIds}.
 *
 * <p>Mutable on purpose, and confined to the preparation of one key: {@link StepPruning} makes optional steps required
 * and narrows the time in which a step may be placed.
 */
final class Step {
    /** In place of a state: a write needs none, a read leaves none. */
    static final int NONE = -1;

    final Operation operation;
    final int expects;
    final int produces;

    /** It is placed after everything that has its deadline earlier than this. */
    long invokedNanos;

    /** It is placed before everything that is invoked later than this. */
    long deadlineNanos;

    /** Whether every order must contain it; an optional step may be left out. */
    boolean required;

    Step(Operation operation, int expects, int produces) {
        this.operation = operation;
        this.expects = expects;
        this.produces = produces;
        this.invokedNanos = operation.invokedNanos();
        this.deadlineNanos = operation.completedNanos();
        this.required = operation.outcome() == Outcome.OK;
    }

    boolean isRead() {
        return produces == NONE;
    }
}
