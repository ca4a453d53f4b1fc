package io.quorate.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.wal.log.Lsn;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The audit of a log finds what it is there to find. */
class LogAuditTest {
    private static final LogClient.Answers TOLD =
            new LogClient.Answers(Map.of("a", new Lsn(1), "b", new Lsn(2)), Set.of("refused"), Set.of("open"));

    @Test
    void acceptsAcknowledgedEntriesAndAnOpenOneThatCameThrough() {
        LogAudit.Findings findings =
                LogAudit.compare(Map.of(new Lsn(1), "a", new Lsn(2), "b", new Lsn(3), "open"), TOLD);
        assertThat(findings.held()).isEqualTo(3);
        assertThat(findings.lost()).isEmpty();
        assertThat(findings.twice()).isEmpty();
        assertThat(findings.elsewhere()).isEmpty();
        assertThat(findings.rejectedButThere()).isEmpty();
    }

    @Test
    void findsALostEntryAndOneUnderAnotherLsn() {
        LogAudit.Findings findings = LogAudit.compare(Map.of(new Lsn(3), "b"), TOLD);
        assertThat(findings.lost()).singleElement().asString().startsWith("a ");
        assertThat(findings.elsewhere()).singleElement().asString().startsWith("b ");
    }

    @Test
    void findsAnEntryThatWasAppliedTwice() {
        LogAudit.Findings findings =
                LogAudit.compare(Map.of(new Lsn(1), "a", new Lsn(2), "b", new Lsn(4), "b", new Lsn(5), "open"), TOLD);
        assertThat(findings.twice()).singleElement().asString().startsWith("b ");
        assertThat(findings.lost()).isEmpty();
    }

    @Test
    void findsARejectedEntry() {
        assertThat(LogAudit.compare(Map.of(new Lsn(1), "a", new Lsn(2), "b", new Lsn(3), "refused"), TOLD)
                        .rejectedButThere())
                .containsExactly("refused");
    }
}
