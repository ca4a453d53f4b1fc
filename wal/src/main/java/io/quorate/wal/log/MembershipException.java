package io.quorate.wal.log;

/** A change of members or leadership was refused or did not come about; the message says why and what to do. */
public final class MembershipException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean passing;

    public MembershipException(String message) {
        super(message);
        this.passing = false;
    }

    public MembershipException(String message, Throwable cause) {
        this(message, cause, false);
    }

    /** @param passing true if the same call may succeed in a moment, here or on the new leader */
    public MembershipException(String message, Throwable cause, boolean passing) {
        super(message, cause);
        this.passing = passing;
    }

    /** True if the same call may succeed in a moment, here or on the new leader. */
    public boolean passing() {
        return passing;
    }
}
