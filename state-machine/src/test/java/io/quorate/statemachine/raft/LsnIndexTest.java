package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.store.Position;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.RejectReason;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LsnIndexTest {
    private final LsnIndex index = new LsnIndex(new Position(new Lsn(10), 1, 4, 0));
    private Position position = new Position(new Lsn(10), 1, 4, 0);

    private static Committed committed(long lsn) {
        return new Committed(new Lsn(lsn), ApplyResult.OK);
    }

    private void apply(int newRecords, List<AppendOutcome> outcomes, int bytes) {
        Position after = new Position(new Lsn(position.lsn().value() + newRecords), 1, position.index() + 1, 0);
        index.applied(position, after, outcomes, bytes);
        position = after;
    }

    private void applyRegular(int records, int bytes) {
        List<AppendOutcome> outcomes = new ArrayList<>();
        for (int i = 1; i <= records; i++) {
            outcomes.add(committed(position.lsn().value() + i));
        }
        apply(records, outcomes, bytes);
    }

    @Test
    void whatLiesBeforeTheOpenedPositionIsNotKnown() {
        assertThat(index.before(new Lsn(10))).isEmpty();
        assertThat(index.before(new Lsn(11))).contains(position);
        assertThat(index.first(0)).contains(new Lsn(11));
    }

    @Test
    void aPositionIsNotedAfterManyBatchesOrManyBytes() {
        for (int i = 0; i < 64; i++) {
            applyRegular(2, 100);
        }
        assertThat(index.before(new Lsn(139))).contains(position);
        assertThat(index.before(new Lsn(138)).orElseThrow().index()).isEqualTo(4);
        applyRegular(1, 1 << 20);
        assertThat(index.before(new Lsn(1000))).contains(position);
    }

    @Test
    void retriesAndRefusalsTakeNoLsn() {
        applyRegular(3, 10);
        assertThat(index.placed(5)).isEmpty();
        List<AppendOutcome> outcomes = List.of(
                committed(14),
                committed(12),
                new Rejected(RejectReason.SESSION_EXPIRED, ""),
                committed(15),
                committed(14));
        apply(2, outcomes, 10);
        BitSet placed = new BitSet();
        placed.set(0);
        placed.set(3);
        assertThat(index.placed(6)).contains(placed);
    }

    @Test
    void whatTheLogHasLostIsServedNoMore() {
        for (int i = 0; i < 128; i++) {
            applyRegular(1, 10);
        }
        assertThat(index.first(0)).contains(new Lsn(11));
        assertThat(index.first(6)).contains(new Lsn(75));
        assertThat(index.first(69)).contains(new Lsn(75));
        assertThat(index.first(1000)).isEmpty();
        index.note(new Position(new Lsn(100), 1, 94, 0));
        assertThat(index.first(95)).contains(new Lsn(101));
        index.forgetUpTo(90);
        assertThat(index.before(new Lsn(75))).isEqualTo(Optional.empty());
    }

    @Test
    void manyIrregularBatchesCostTheOldestNotTheMemory() {
        for (int i = 0; i < 20_000; i++) {
            apply(
                    1,
                    List.of(
                            committed(position.lsn().value()),
                            committed(position.lsn().value() + 1)),
                    1);
        }
        Lsn first = index.first(0).orElseThrow();
        assertThat(first.value()).isGreaterThan(11);
        Position before = index.before(first).orElseThrow();
        assertThat(index.placed(before.index() + 1)).isPresent();
    }
}
