package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.RejectReason;
import org.junit.jupiter.api.Test;

class AppendTallyTest {
    private final AppendTally tally = new AppendTally();

    private static AppendOutcome committed(long lsn) {
        return new AppendOutcome.Committed(new Lsn(lsn), ApplyResult.of(Bytes.EMPTY));
    }

    @Test
    void appendedEntriesAreCountedInWords() {
        assertThat(tally.text()).isEqualTo("no entry was appended");
        tally.settle(committed(4));
        assertThat(tally.text()).isEqualTo("1 entry was appended, at lsn 4");
        tally.settle(committed(6));
        assertThat(tally.text()).isEqualTo("2 entries were appended, the last at lsn 6");
        assertThat(tally.result()).isEmpty();
    }

    @Test
    void nothingAppendedIsARefusalAndSomethingAFailure() {
        AppendOutcome tooLarge = new AppendOutcome.Rejected(RejectReason.TOO_LARGE, "too large");
        tally.settle(tooLarge);
        assertThat(tally.result().orElseThrow().code()).isEqualTo(ExitCode.REFUSED);
        tally.settle(committed(2));
        CommandFailure failure = tally.result().orElseThrow();
        assertThat(failure.code()).isEqualTo(ExitCode.FAILED);
        assertThat(failure)
                .hasMessageStartingWith("entry 1 of the input: too large")
                .hasMessageEndingWith("at lsn 2");
    }

    @Test
    void oneOfWhichNothingIsKnownMakesTheWholeUndecided() {
        tally.settle(committed(2));
        tally.settle(new AppendOutcome.Rejected(RejectReason.DEADLINE, "late"));
        tally.settle(new AppendOutcome.Indeterminate("silence"));
        assertThat(tally.result().orElseThrow().code()).isEqualTo(ExitCode.INDETERMINATE);
    }
}
