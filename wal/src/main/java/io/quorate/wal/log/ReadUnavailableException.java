package io.quorate.wal.log;

import java.util.Objects;

/** A read of the consistency asked for cannot be served here and now. */
public final class ReadUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final RejectReason reason;

    /**
     * @param reason why, for programs
     * @param message why, and what to do, for people
     */
    public ReadUnavailableException(RejectReason reason, String message) {
        super(message);
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /** Why. */
    public RejectReason reason() {
        return reason;
    }
}
