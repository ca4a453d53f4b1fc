package io.quorate.wal.log;

import java.util.Objects;

/** A change of members or leadership was refused or did not come about; the message says why and what to do. */
public final class MembershipException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What became of the change. */
    public enum Fate {
        /** It was not begun, and the same call will be refused again as long as things are as they are. */
        REFUSED,
        /** It was not begun, and the same call may succeed in a moment, here or on the new leader. */
        PASSING,
        /** It may have come about, or may still: look at the members and the leader before trying again. */
        INDETERMINATE
    }

    private final Fate fate;

    /** Of a change that was {@link Fate#REFUSED}. */
    public MembershipException(String message) {
        super(message);
        this.fate = Fate.REFUSED;
    }

    /** @param fate what became of the change */
    public MembershipException(Fate fate, String message) {
        super(message);
        this.fate = Objects.requireNonNull(fate, "fate");
    }

    /**
     * @param fate what became of the change
     * @param cause what consensus said
     */
    public MembershipException(Fate fate, String message, Throwable cause) {
        super(message, cause);
        this.fate = Objects.requireNonNull(fate, "fate");
    }

    /** What became of the change. */
    public Fate fate() {
        return fate;
    }
}
