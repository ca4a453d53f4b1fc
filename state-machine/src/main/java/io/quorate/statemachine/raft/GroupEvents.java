package io.quorate.statemachine.raft;

import io.quorate.wal.log.AppendOutcome;
import java.util.List;

/** The shard's side of what happens in its group. Called on Ratis' threads; must not block. */
interface GroupEvents {
    /** A batch that was submitted here is committed, applied and readable. */
    void committed(PendingBatch batch, List<AppendOutcome> outcomes, long term, long index);

    /** A batch was applied and is in the store, whoever submitted it. */
    default void applied(long nanos) {}

    /** This replica leads and has applied what earlier leaders committed. */
    void leaderReady();

    /** This replica does not lead (any more). */
    void leaderLost();

    /** This replica applies or logs nothing any more: it must not lead. */
    void parked();

    /** This replica was parked and applies again: it may lead. */
    void healed();
}
