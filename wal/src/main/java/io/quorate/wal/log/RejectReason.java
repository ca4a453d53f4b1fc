package io.quorate.wal.log;

/** Why an append or read was refused before it could have any effect. */
public enum RejectReason {
    /** This replica does not lead; the message names the leader where known. Try there. */
    NOT_LEADER(1, true),
    /** The leader's queue is full: slow down and try again. */
    QUEUE_FULL(2, true),
    /** Larger than the shard's limit. */
    TOO_LARGE(3, false),
    /** The deadline passed before it was logged. */
    DEADLINE(4, false),
    /** The disk is (nearly) full: reads go on, appends are refused until there is room. */
    DISK_FULL(5, true),
    /** The writer session is unknown or expired. */
    SESSION_EXPIRED(6, false),
    /** The writer has more unanswered or unacknowledged results than a session may hold. */
    SESSION_FULL(7, true),
    /** The shard holds as many sessions as it may. */
    TOO_MANY_SESSIONS(8, true),
    /** No such shard on this node. */
    UNKNOWN_SHARD(9, true),
    /** The request is for another cluster, or another life of the shard. */
    WRONG_IDENTITY(10, false),
    /** Malformed request. */
    INVALID(11, false),
    /** The replica is closing, or stopped at an entry that it cannot apply. */
    UNAVAILABLE(12, true),
    /** The sequence was answered before and forgotten at the writer's own word. */
    ALREADY_ACKNOWLEDGED(13, false);

    private final int code;
    private final boolean retryable;

    RejectReason(int code, boolean retryable) {
        this.code = code;
        this.retryable = retryable;
    }

    /** Code on the wire; never changes. */
    public int code() {
        return code;
    }

    /** True if the same request may succeed later or elsewhere. */
    public boolean retryable() {
        return retryable;
    }

    /**
     * The reason of a code on the wire.
     *
     * @throws CorruptFormatException if there is none of it in this build
     */
    public static RejectReason ofCode(int code) {
        for (RejectReason reason : values()) {
            if (reason.code == code) {
                return reason;
            }
        }
        throw new CorruptFormatException("unknown reject reason " + code);
    }
}
