package io.quorate.statemachine.raft;

import io.quorate.statemachine.raft.EntryMark.State;
import io.quorate.statemachine.raft.SkipRefusedException.Kind;
import io.quorate.statemachine.replica.ReplicaStateMachine;
import io.quorate.statemachine.replica.SkippedEntryAppliedException;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadUnavailableException;
import java.io.IOException;
import java.util.Collection;
import java.util.Optional;

/**
 * One replica's part in skipping an entry that the application cannot apply. The state after an entry must be the same on all
 * replicas, so an entry is skipped only if none applied it: each member first promises, durably, to do nothing with it ({@link
 * #hold}), and refuses if it applied it, or may have before its restart or a power loss ({@link
 * io.quorate.statemachine.raft.sync.AppliedBound}); the decision is made once all have promised; then each learns it ({@link
 * #settle}).
 *
 * <p>A replica that was not asked, since it was no member yet, may have applied the entry all the same. It parks for good when it
 * learns of the decision: it reads, applies and leads nothing until it is rebuilt from the others, also after a restart, unless
 * that begins at a checkpoint before the entry; then the entry is skipped in the replay, as the others did.
 */
final class EntrySkips {
    private final RatisStateMachineAdapter machine;
    private final ReplicaHealth health;
    private final EntryMarks marks;

    EntrySkips(RatisStateMachineAdapter machine, ReplicaHealth health, EntryMarks marks) {
        this.machine = machine;
        this.health = health;
        this.marks = marks;
    }

    /** Where this replica is parked by its application, or since the entry is held, if it is. */
    Optional<ParkedEntry> parked() {
        return health.poison();
    }

    /** Everything that this replica was told about single entries. */
    Collection<EntryMark> marks() {
        return marks.all();
    }

    /**
     * Promises to neither apply nor skip an entry. Answers with where this replica is parked by its application, if it is.
     *
     * @throws SkipRefusedException if it was applied here, or that cannot be excluded
     */
    Optional<ParkedEntry> hold(Lsn lsn, int attempt) throws IOException {
        try {
            return machine.state().betweenBatches((replica, appliedBefore) -> {
                boolean skipped = marks.find(lsn)
                        .filter(mark -> mark.state() == State.SKIPPED)
                        .isPresent();
                if (!skipped) {
                    checkNotApplied(lsn, replica, appliedBefore);
                    marks.put(new EntryMark(lsn, attempt, State.HELD, 0));
                }
                return health.poison();
            });
        } catch (ReadUnavailableException e) {
            throw new SkipRefusedException(e.getMessage(), !health.isParked());
        }
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
     * @throws SkipRefusedException if the entry was applied here although it was to be skipped: the replica is parked for good
     */
    boolean settle(EntryMark mark) throws IOException {
        try {
            return machine.state().betweenBatches((replica, appliedBefore) -> {
                boolean behind = replica.position().lsn().compareTo(mark.lsn()) < 0;
                marks.put(mark);
                if (mark.state() == State.SKIPPED && !behind && !replica.wasSkipped(mark.lsn())) {
                    machine.parkIfUnusable();
                    throw new SkipRefusedException(
                            new SkippedEntryAppliedException(mark.lsn()).getMessage(), Kind.DIVERGED);
                }
                boolean held = health.poison().filter(ParkedEntry::held).isPresent();
                return behind && health.isParked() && (held || mark.state() == State.SKIPPED);
            });
        } catch (ReadUnavailableException e) {
            marks.put(mark); // what cannot be looked at now is when it is opened again
            if (health.isDiverged()) {
                throw new SkipRefusedException(health.problem().orElse(e.getMessage()), Kind.DIVERGED);
            }
            return false;
        }
    }
}
