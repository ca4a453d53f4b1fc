package io.quorate.statemachine.raft;

import io.quorate.wal.log.Lsn;
import java.util.Objects;

/**
 * What a replica was told about one entry.
 *
 * @param lsn the entry
 * @param attempt number of the operator's question, from 1; a later one overrules an earlier one
 * @param state what to do
 * @param checksum of the entry, as {@link io.quorate.wal.log.LogEntry#checksum}; 0 unless skipped
 */
public record EntryMark(Lsn lsn, int attempt, State state, int checksum) {
    /** What to do with an entry. */
    public enum State {
        /** Neither apply nor skip it: all replicas are being asked. */
        HELD,
        /** The question was withdrawn: apply it. */
        RELEASED,
        /** Decided, for ever: keep its LSN, change nothing. */
        SKIPPED
    }

    public EntryMark {
        Objects.requireNonNull(state, "state");
        if (lsn.value() < 1 || attempt < 1) {
            throw new IllegalArgumentException("mark on entry " + lsn + ", attempt " + attempt);
        }
    }
}
