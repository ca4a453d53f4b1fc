package io.quorate.statemachine.raft.sync;

/**
 * Raft state could not be made durable, so the message or the role that would have relied on it was withheld. Unchecked,
 * because the callbacks of Ratis that it passes through declare nothing.
 *
 * <p>Final for this start of the group: after a failed fsync the kernel may have dropped the pages, so a later one that succeeds
 * proves nothing. Close the division, look at the disk, start again (which reads what is really there).
 */
public class SyncFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SyncFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
