package io.quorate.wal.log;

import java.util.List;
import java.util.Objects;

/**
 * Entries of the application, as they lie in the log.
 *
 * @param entries in LSN order; what the log keeps for itself (writer sessions, versions) is left out, so LSNs may be missing
 * @param next LSN to go on from
 */
public record LogSlice(List<LogEntry> entries, Lsn next) {
    public LogSlice {
        entries = List.copyOf(entries);
        Objects.requireNonNull(next, "next");
    }
}
