package io.quorate.cli.command;

import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.Lsn;
import java.util.Optional;

/** What became of the entries of one input, told in their order. */
final class AppendTally {
    private long entries;
    private long appended;
    private Lsn last = Lsn.ZERO;
    private long firstFailed;
    private CommandFailure failure;
    private boolean undecided;

    void settle(AppendOutcome outcome) {
        entries++;
        try {
            last = Outcomes.committed(outcome).lsn();
            appended++;
        } catch (CommandFailure e) {
            undecided |= e.code() == ExitCode.INDETERMINATE;
            if (failure == null) {
                failure = e;
                firstFailed = entries;
            }
        }
    }

    /** Entries that are in the log for good. */
    long appended() {
        return appended;
    }

    /** LSN of the last of them; 0 if there is none. */
    Lsn last() {
        return last;
    }

    /** Whether an entry was not appended, or may not have been. */
    boolean failed() {
        return failure != null;
    }

    /** For example {@code 3 entries were appended, the last at lsn 7}. */
    String text() {
        return appended == 0
                ? "no entry was appended"
                : Amount.entries(appended)
                        + (appended == 1 ? " was appended, at lsn " : " were appended, the last at lsn ")
                        + last;
    }

    /** What to end with if not all entries were appended. */
    Optional<CommandFailure> result() {
        if (failure == null) {
            return Optional.empty();
        }
        ExitCode code = undecided ? ExitCode.INDETERMINATE : appended == 0 ? failure.code() : ExitCode.FAILED;
        return Optional.of(new CommandFailure(
                code, "entry " + firstFailed + " of the input: " + failure.getMessage() + "; " + text(), failure));
    }
}
