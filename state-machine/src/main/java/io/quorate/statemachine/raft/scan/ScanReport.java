package io.quorate.statemachine.raft.scan;

import java.nio.file.Path;
import java.util.List;

/**
 * What a scan found in a group that may be opened.
 *
 * @param groupDirectory the directory that was scanned
 * @param firstIndex first log index; -1 if the log is empty
 * @param lastIndex last log index after the repairs; -1 if the log is empty
 * @param lastTerm its term, 0 if the log is empty
 * @param bytes bytes of segments read
 * @param repairs what was changed, or would be by {@link RaftLogScanner#prepare}, in order
 * @param notes what was noticed and left as it is, because Ratis ignores it
 */
public record ScanReport(
        Path groupDirectory,
        long firstIndex,
        long lastIndex,
        long lastTerm,
        long bytes,
        List<Repair> repairs,
        List<String> notes) {
    public ScanReport {
        repairs = List.copyOf(repairs);
        notes = List.copyOf(notes);
        if (firstIndex < -1 || lastIndex < firstIndex || lastTerm < 0 || bytes < 0) {
            throw new IllegalArgumentException("log from " + firstIndex + " to " + lastIndex + " of term " + lastTerm);
        }
    }
}
