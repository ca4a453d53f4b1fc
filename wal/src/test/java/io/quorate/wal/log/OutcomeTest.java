package io.quorate.wal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quorate.wal.log.AppendOutcome.Committed;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutcomeTest {
    /** Codes are on the wire: none changes, none is used twice. */
    @Test
    void findsEveryRejectReasonByItsCode() {
        for (RejectReason reason : RejectReason.values()) {
            assertThat(RejectReason.ofCode(reason.code())).isEqualTo(reason);
        }
        assertThatExceptionOfType(CorruptFormatException.class)
                .isThrownBy(() -> RejectReason.ofCode(0))
                .withMessageContaining("0");
    }

    @Test
    void namesMissingVotersInOrder() {
        Committed committed = new Committed(new Lsn(1), ApplyResult.OK, Set.of("n3", "n1", "n2"));
        assertThat(committed.missing()).containsExactly("n1", "n2", "n3");
        assertThat(new Committed(new Lsn(1), ApplyResult.OK).missing()).isEmpty();
    }

    @Test
    void saysOkForAnAcceptedEmptyAnswerOnly() {
        assertThat(ApplyResult.of(Bytes.EMPTY)).isSameAs(ApplyResult.OK);
        assertThat(ApplyResult.refusal("")).isNotEqualTo(ApplyResult.OK);
        assertThat(ApplyResult.refusal("why").value().utf8()).isEqualTo("why");
    }

    @Test
    void refusesConcernsAndBoundsThatMeanNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> WriteConcern.quorum(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReadConsistency.BoundedStaleness(Duration.ofMillis(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> new WriterId(-1));
    }
}
