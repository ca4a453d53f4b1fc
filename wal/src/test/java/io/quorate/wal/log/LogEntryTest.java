package io.quorate.wal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class LogEntryTest {
    private static final LogRecord RECORD = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("payload"));

    @Provide
    Arbitrary<LogRecord> records() {
        return Logs.records();
    }

    @Property
    void hasTheSameRandomnessAndChecksumWhereverItIsRead(
            @ForAll("records") LogRecord record, @ForAll @LongRange(min = 1) long lsn, @ForAll long epoch) {
        LogEntry here = new LogEntry(new Lsn(lsn), epoch, 5, record);
        LogEntry there = new LogEntry(new Lsn(lsn), epoch, 5, LogRecord.decode(record.encoded(), 0));
        RandomGenerator random = here.random();
        RandomGenerator same = there.random();
        for (int i = 0; i < 3; i++) {
            assertThat(random.nextLong()).isEqualTo(same.nextLong());
        }
        assertThat(here.checksum()).isEqualTo(there.checksum());
    }

    /** The numbers are part of the contract between versions: this must never change. */
    @Test
    void drawsTheSameNumbersInEveryVersion() {
        RandomGenerator random = new LogEntry(new Lsn(1), 1, 1, RECORD).random();
        assertThat(new long[] {random.nextLong(), random.nextLong()})
                .isEqualTo(new long[] {6613860043393521304L, 4671922171260529923L});
    }

    @Test
    void changesItsChecksumWithEverythingThatAnApplyFunctionSees() {
        LogRecord other = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("another"));
        assertThat(new int[] {
                    new LogEntry(new Lsn(1), 1, 1, RECORD).checksum(),
                    new LogEntry(new Lsn(2), 1, 1, RECORD).checksum(),
                    new LogEntry(new Lsn(1), 2, 1, RECORD).checksum(),
                    new LogEntry(new Lsn(1), 1, 2, RECORD).checksum(),
                    new LogEntry(new Lsn(1), 1, 1, other).checksum()
                })
                .doesNotHaveDuplicates();
    }

    @Test
    void standsAtAnLsnFromOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> new LogEntry(Lsn.ZERO, 1, 1, RECORD));
        assertThatIllegalArgumentException().isThrownBy(() -> new Lsn(-1));
        assertThat(Lsn.ZERO.next()).isEqualTo(new Lsn(1)).isGreaterThan(Lsn.ZERO);
    }
}
