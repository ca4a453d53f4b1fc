package io.quorate.statemachine.raft.sync;

/**
 * This peer was elected and must not lead. Nothing is wrong with its disk: its group may be opened again at once, from what is there.
 * Until then it takes nothing into its log.
 */
public final class LeadershipRefusedException extends SyncFailedException {
    private static final long serialVersionUID = 1L;

    public LeadershipRefusedException(String message) {
        super(message, null);
    }
}
