package io.quorate.statemachine.raft;

import io.quorate.statemachine.raft.EntryMark.State;
import io.quorate.statemachine.replica.ReplicaStateMachine;
import io.quorate.wal.log.Lsn;
import java.io.IOException;
import java.util.Optional;

/**
 * One replica's part in skipping an entry that the application cannot apply. The state after an entry must be the same on all
 * replicas, so an entry is skipped only if none applied it: each member first promises, durably, to do nothing with it ({@link
 * #hold}), and refuses if it applied it, or may have before its restart; the decision is made once all have promised; then each
 * learns it ({@link #settle}).
 */
final class EntrySkips {
    private final AppliedState state;
    private final ReplicaHealth health;
    private final EntryMarks marks;

    EntrySkips(AppliedState state, ReplicaHealth health, EntryMarks marks) {
        this.state = state;
        this.health = health;
        this.marks = marks;
    }

    /**
     * Promises to neither apply nor skip an entry. Answers with where this replica is parked by its application, if it is.
     *
     * @throws SkipRefusedException if it was applied here, or that cannot be excluded
     */
    Optional<ParkedEntry> hold(Lsn lsn, int attempt) throws IOException {
        return state.betweenBatches((replica, appliedBefore) -> {
            boolean skipped = marks.find(lsn)
                    .filter(mark -> mark.state() == State.SKIPPED)
                    .isPresent();
            if (!skipped) {
                checkNotApplied(lsn, replica, appliedBefore);
                marks.put(new EntryMark(lsn, attempt, State.HELD, 0));
            }
            return health.poison();
        });
    }

    private void checkNotApplied(Lsn lsn, ReplicaStateMachine replica, long appliedBefore) {
        if (replica.position().lsn().compareTo(lsn) >= 0) {
            throw new SkipRefusedException("has applied entry " + lsn, false);
        }
        if (replica.position().index() < appliedBefore) {
            boolean stuck = health.isParked();
            throw new SkipRefusedException(
                    "had applied up to index " + appliedBefore + " before its restart, and is at "
                            + replica.position().index() + (stuck ? ", parked: it may have applied it" : ", replaying"),
                    !stuck);
        }
    }

    /**
     * Learns what was decided; true if the replica must be opened anew to go on.
     *
     * @throws SkipRefusedException if the entry was applied here although it was to be skipped: two histories
     */
    boolean settle(EntryMark mark) throws IOException {
        return state.betweenBatches((replica, appliedBefore) -> {
            boolean behind = replica.position().lsn().compareTo(mark.lsn()) < 0;
            boolean known = marks.find(mark.lsn()).filter(mark::equals).isPresent();
            if (mark.state() == State.SKIPPED && !known && !behind && !replica.wasSkipped(mark.lsn())) {
                throw new SkipRefusedException(
                        "has applied entry " + mark.lsn() + ", which the others skip: rebuild it from them", false);
            }
            marks.put(mark);
            boolean held = health.poison().filter(ParkedEntry::held).isPresent();
            return behind && health.isParked() && (held || mark.state() == State.SKIPPED);
        });
    }
}
