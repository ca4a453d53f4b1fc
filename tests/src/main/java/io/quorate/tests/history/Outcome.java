package io.quorate.tests.history;

/** How an operation ended. */
public enum Outcome {
    /** It took effect between its invoke and its completion. */
    OK,
    /** It took no effect and never will. */
    FAIL,
    /** Unknown: it may take effect at any moment after its invoke, or never. */
    INFO
}
