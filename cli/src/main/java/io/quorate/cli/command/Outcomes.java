package io.quorate.cli.command;

import io.quorate.statemachine.client.ReadPreference;
import io.quorate.statemachine.client.ShardClient;
import io.quorate.statemachine.host.QueryResult;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.ReadConsistency;

/** Appends and queries whose failures end the command with the right exit code. */
final class Outcomes {
    private Outcomes() {}

    static Committed append(ShardClient shard, Bytes command) {
        return committed(shard.appendAndWait(command));
    }

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
                    rejected.message() + " [" + rejected.reason() + "]; it was not applied");
        }
        if (outcome instanceof Indeterminate indeterminate) {
            throw new CommandFailure(ExitCode.INDETERMINATE, indeterminate.message());
        }
        throw new AssertionError("unhandled: " + outcome);
    }

    static QueryResult query(ShardClient shard, Bytes query) {
        return shard.queryAndWait(query, ReadConsistency.LINEARIZABLE, ReadPreference.PRIMARY);
    }
}
