package io.quorate.tests.history;

/** What a check says of a history. */
public enum Verdict {
    /** For every key an order was found that explains every answer. */
    LINEARIZABLE,
    /** For some key there is none. */
    VIOLATION,
    /** No key is known to be a violation, but the budget ended before every key was decided. */
    UNDECIDED
}
