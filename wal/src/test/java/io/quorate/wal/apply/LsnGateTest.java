package io.quorate.wal.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.LsnDivergenceException;
import io.quorate.wal.log.LsnGapException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LsnGateTest {
    private static LogEntry entry(long lsn) {
        return entry(lsn, 7);
    }

    private static LogEntry entry(long lsn, long timestampMillis) {
        return new LogEntry(
                new Lsn(lsn), 3, timestampMillis, LogRecord.sessionless(EntryKind.USER, Bytes.utf8("e" + lsn)));
    }

    private static LsnGate gateAt(long from, long to) {
        LsnGate gate = new LsnGate(new Lsn(from));
        LongStream.rangeClosed(from + 1, to)
                .forEach(lsn -> assertThat(gate.enter(entry(lsn))).isTrue());
        return gate;
    }

    @Test
    void letsTheNextEntryInOnce() {
        LsnGate gate = gateAt(0, 0);
        assertThat(gate.enter(entry(1))).isTrue();
        assertThat(gate.enter(entry(1))).isFalse();
        assertThat(gate.applied()).isEqualTo(new Lsn(1));
    }

    @Test
    void namesTheEntryThatIsMissingAndStaysWhereItWas() {
        LsnGate gate = gateAt(0, 3);
        assertThatExceptionOfType(LsnGapException.class)
                .isThrownBy(() -> gate.enter(entry(5)))
                .satisfies(gap -> assertThat(gap.expected()).isEqualTo(new Lsn(4)));
        assertThat(gate.applied()).isEqualTo(new Lsn(3));
        assertThat(gate.enter(entry(4))).isTrue();
    }

    /** Around the end of the ring: the oldest that is known, and the youngest that is forgotten. */
    @Test
    void tellsASecondHistoryAsFarBackAsItRemembers() {
        long applied = 2L * LsnGate.REMEMBERED + 17;
        LsnGate gate = gateAt(0, applied);
        long oldestKnown = applied - LsnGate.REMEMBERED + 1;
        assertThat(gate.enter(entry(oldestKnown))).isFalse();
        assertThatExceptionOfType(LsnDivergenceException.class).isThrownBy(() -> gate.enter(entry(oldestKnown, 8)));
        assertThatExceptionOfType(LsnDivergenceException.class).isThrownBy(() -> gate.enter(entry(applied, 8)));
        assertThat(gate.enter(entry(oldestKnown - 1, 8))).isFalse();
        assertThat(gate.applied()).isEqualTo(new Lsn(applied));
    }

    @Test
    void doesNotTakeEntriesBeforeItsOwnTimeForKnown() {
        LsnGate gate = gateAt(100, 102);
        assertThat(gate.enter(entry(100, 8))).isFalse();
        assertThatExceptionOfType(LsnDivergenceException.class).isThrownBy(() -> gate.enter(entry(101, 8)));
    }

    @Test
    void findsASecondHistoryInsideOneList() {
        LsnGate gate = gateAt(0, 2);
        assertThatExceptionOfType(LsnDivergenceException.class)
                .isThrownBy(() -> gate.fresh(List.of(entry(3), entry(4), entry(3, 8))));
        assertThat(gate.fresh(List.of(entry(1), entry(3), entry(4), entry(3), entry(2), entry(5))))
                .containsExactly(entry(3), entry(4), entry(5));
        assertThat(gate.applied()).isEqualTo(new Lsn(2));
    }

    /** Against a list of everything that was ever applied. */
    @Property
    void decidesAsOneWhoRemembersAll(@ForAll @Size(max = 60) List<@IntRange(min = -6, max = 3) Integer> offsets) {
        LsnGate gate = gateAt(0, 0);
        LsnGate byLists = gateAt(0, 0);
        List<LogEntry> history = new ArrayList<>();
        for (int i = 0; i < offsets.size(); i++) {
            long lsn = Math.max(1, history.size() + offsets.get(i));
            LogEntry entry = entry(lsn, i % 5 == 4 ? 8 : 7);
            if (lsn > history.size() + 1) {
                assertThatExceptionOfType(LsnGapException.class).isThrownBy(() -> gate.enter(entry));
                assertThatExceptionOfType(LsnGapException.class).isThrownBy(() -> byLists.fresh(List.of(entry)));
            } else if (lsn <= history.size() && !history.get((int) lsn - 1).equals(entry)) {
                assertThatExceptionOfType(LsnDivergenceException.class).isThrownBy(() -> gate.enter(entry));
                assertThatExceptionOfType(LsnDivergenceException.class).isThrownBy(() -> byLists.fresh(List.of(entry)));
            } else {
                boolean isNew = lsn == history.size() + 1;
                assertThat(byLists.fresh(List.of(entry))).hasSize(isNew ? 1 : 0);
                assertThat(gate.enter(entry)).isEqualTo(isNew);
                assertThat(byLists.enter(entry)).isEqualTo(isNew);
                if (isNew) {
                    history.add(entry);
                }
            }
            assertThat(gate.applied().value()).isEqualTo(history.size());
        }
    }

    @Property(tries = 100)
    void remembersWhatItStored(
            @ForAll @IntRange(max = 5000) int from,
            @ForAll @IntRange(max = 5000) int more,
            @ForAll @IntRange(max = 5000) int stored) {
        LsnGate gate = gateAt(from, from + more);
        long known = Math.min(Math.min(stored, more), LsnGate.REMEMBERED);
        LsnGate reopened = new LsnGate(gate.applied(), gate.encodeLatest(stored));
        assertThat(reopened.applied()).isEqualTo(gate.applied());
        long firstKnown = from + more - known + 1;
        for (long lsn : new long[] {firstKnown, from + more}) {
            if (lsn > from && lsn <= from + more && known > 0) {
                assertThat(reopened.enter(entry(lsn))).isFalse();
                assertThatExceptionOfType(LsnDivergenceException.class).isThrownBy(() -> reopened.enter(entry(lsn, 8)));
            }
        }
        if (firstKnown > 1) {
            assertThat(reopened.enter(entry(firstKnown - 1, 8))).isFalse();
        }
        assertThat(reopened.encodeLatest(stored)).isEqualTo(gate.encodeLatest(stored));
        assertThat(reopened.enter(entry(from + more + 1))).isTrue();
    }

    @Test
    void leavesChecksumsOfAnotherLsnAlone() {
        Bytes stored = gateAt(0, 10).encodeLatest(10);
        LsnGate elsewhere = new LsnGate(new Lsn(11), stored);
        assertThat(elsewhere.enter(entry(10, 8))).isFalse();
        assertThat(elsewhere.enter(entry(12))).isTrue();
    }

    @Property
    void refusesDamagedChecksums(@ForAll @Size(max = 60) byte[] bytes) {
        assertThatExceptionOfType(CorruptFormatException.class)
                .isThrownBy(() -> new LsnGate(new Lsn(10), Bytes.wrap(bytes)));
    }

    @Test
    void refusesEveryFlippedBitOfItsChecksums() {
        byte[] stored = gateAt(0, 10).encodeLatest(4).toArray();
        for (int bit = 0; bit < stored.length * 8; bit++) {
            byte[] flipped = stored.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatExceptionOfType(CorruptFormatException.class)
                    .isThrownBy(() -> new LsnGate(new Lsn(10), Bytes.wrap(flipped)));
        }
    }
}
