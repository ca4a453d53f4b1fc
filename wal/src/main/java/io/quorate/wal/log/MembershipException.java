package io.quorate.wal.log;

/** A change of members or leadership was refused or did not come about; the message says why and what to do. */
public final class MembershipException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public MembershipException(String message) {
        super(message);
    }

    public MembershipException(String message, Throwable cause) {
        super(message, cause);
    }
}
