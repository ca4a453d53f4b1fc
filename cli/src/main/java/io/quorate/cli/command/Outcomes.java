package io.quorate.cli.command;

import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.AppendOutcome.Rejected;

/** Outcomes of appends, as exit codes. */
final class Outcomes {
    private Outcomes() {}

    static Committed committed(AppendOutcome outcome) {
        if (outcome instanceof Committed committed) {
            if (committed.result().refused()) {
                throw new CommandFailure(
                        ExitCode.REFUSED, committed.result().value().utf8());
            }
            return committed;
        }
        if (outcome instanceof Rejected rejected) {
            throw new CommandFailure(
                    Failures.ofReason(rejected.reason()),
                    Failures.plain(rejected.message()) + " [" + rejected.reason() + "]; it was not applied");
        }
        if (outcome instanceof Indeterminate indeterminate) {
            throw new CommandFailure(ExitCode.INDETERMINATE, Failures.plain(indeterminate.message()));
        }
        throw new AssertionError("unhandled: " + outcome);
    }
}
