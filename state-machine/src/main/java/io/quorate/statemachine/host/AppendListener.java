package io.quorate.statemachine.host;

import io.quorate.wal.log.AppendOutcome;

/** Hears the outcomes of a group of appends; called from any thread, once for each. Must not block. */
@FunctionalInterface
public interface AppendListener {
    /** @param position of the record in the group, from 0 */
    void completed(int position, AppendOutcome outcome);
}
