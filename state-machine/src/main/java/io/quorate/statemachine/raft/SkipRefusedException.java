package io.quorate.statemachine.raft;

/** A replica does not agree that an entry is held or skipped; the message says why. */
public final class SkipRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What the refusal means for whoever asks. */
    public enum Kind {
        /** The same call may succeed in a moment; nothing was changed. */
        PASSING,
        /** Nothing was changed. */
        FINAL,
        /** The replica applied an entry that all others skip. It has taken note of that, and is parked until it is rebuilt. */
        DIVERGED
    }

    private final Kind kind;

    /** @param passing true if the same call may succeed in a moment */
    public SkipRefusedException(String message, boolean passing) {
        this(message, passing ? Kind.PASSING : Kind.FINAL);
    }

    SkipRefusedException(String message, Kind kind) {
        super(message);
        this.kind = kind;
    }

    /** Why, for programs. */
    public Kind kind() {
        return kind;
    }
}
