package io.quorate.tests.kit;

/**
 * The process ends here, as far as a check can simulate it: thrown out of the list of entries that an applier is reading. An error, so
 * that no handler of exceptions takes it for a fault of the applier's own.
 */
public final class SimulatedCrash extends Error {
    private static final long serialVersionUID = 1;

    SimulatedCrash() {
        super("simulated crash", null, false, false);
    }

    /** True if the exception is a crash that was wrapped on its way. */
    static boolean isCauseOf(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SimulatedCrash) {
                return true;
            }
        }
        return false;
    }
}
