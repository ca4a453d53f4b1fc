package io.quorate.statemachine.raft;

/** A replica does not agree that an entry is held or skipped; the message says why. Nothing was changed. */
public final class SkipRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean passing;

    /** @param passing true if the same call may succeed in a moment */
    public SkipRefusedException(String message, boolean passing) {
        super(message);
        this.passing = passing;
    }

    public boolean passing() {
        return passing;
    }
}
