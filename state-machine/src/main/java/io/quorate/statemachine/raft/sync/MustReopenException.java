package io.quorate.statemachine.raft.sync;

/**
 * This peer must not go on with what its group has in memory: it was elected and must not lead, or was given an older configuration by a
 * leader that is none any more. Nothing is wrong with its disk: its group may be opened again at once, from what is there. Until then
 * it takes nothing into its log.
 */
public final class MustReopenException extends SyncFailedException {
    private static final long serialVersionUID = 1L;

    public MustReopenException(String message) {
        super(message, null);
    }
}
