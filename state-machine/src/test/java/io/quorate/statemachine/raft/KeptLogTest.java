package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class KeptLogTest {
    private static final long UNKNOWN = -1;
    private static final List<KeptLog.Sent> NOBODY = List.of();

    private static KeptLog after(KeptLog kept, long first, long last, long entryBytes) {
        for (long index = first; index <= last; index++) {
            kept.applied(index, entryBytes);
        }
        return kept;
    }

    @Test
    void nothingBehindTheCheckpointIsKeptWhereNothingIsAskedFor() {
        KeptLog kept = after(KeptLog.nothing(), 0, 99, 1000);
        assertThat(kept.purgeable(99, UNKNOWN, NOBODY)).isEqualTo(99);
        assertThat(after(KeptLog.nothing(), 0, 99, 1000).purgeable(50, 99, NOBODY))
                .isEqualTo(50);
    }

    @Test
    void whereAllMembersHaveTheLogSoManyEntriesStay() {
        KeptLog kept = after(new KeptLog(10, 1 << 20), 0, 99, 1);
        assertThat(kept.purgeable(99, 99, NOBODY)).isEqualTo(89);
    }

    @Test
    void orSoManyBytesWhateverIsLess() {
        KeptLog kept = after(new KeptLog(1000, 10_000), 0, 99, 1000);
        assertThat(kept.purgeable(99, 99, NOBODY)).isEqualTo(89);
    }

    @Test
    void aMemberThatLacksThemKeepsEightTimesAsManyAndNoMore() {
        KeptLog kept = after(new KeptLog(10, 1 << 20), 0, 99, 1);
        assertThat(kept.purgeable(99, UNKNOWN, NOBODY)).isEqualTo(19);
        assertThat(kept.purgeable(99, 40, NOBODY)).isEqualTo(40);
        KeptLog byBytes = after(new KeptLog(1000, 1000), 0, 99, 100);
        assertThat(byBytes.purgeable(99, UNKNOWN, NOBODY)).isEqualTo(19);
    }

    /** Without it a member that installs a snapshot under load lacks entries again when it is done, every time. */
    @Test
    void whatFollowsACheckpointThatIsOnItsWayStaysUpToTheSizeOfTheCheckpoint() {
        List<KeptLog.Sent> sent = List.of(new KeptLog.Sent(99, 50_000));
        KeptLog kept = after(new KeptLog(10, 1000), 0, 99, 1000);
        assertThat(kept.purgeable(99, UNKNOWN, sent)).isEqualTo(91);
        after(kept, 100, 150, 1000);
        assertThat(kept.purgeable(150, 150, sent)).as("while it may pay").isEqualTo(99);
        after(kept, 151, 158, 1000);
        assertThat(kept.purgeable(158, 158, sent)).isEqualTo(157);
        assertThat(kept.purgeable(158, 158, List.of(new KeptLog.Sent(140, 50_000))))
                .as("never back")
                .isEqualTo(157);
    }

    /** One for which it does not pay any more keeps none of the others from being held for. */
    @Test
    void eachCheckpointThatIsOnItsWayCountsByItself() {
        KeptLog kept = after(new KeptLog(10, 1000), 0, 99, 1000);
        List<KeptLog.Sent> sent = List.of(new KeptLog.Sent(99, 5_000), new KeptLog.Sent(120, 50_000));
        kept.purgeable(99, UNKNOWN, sent.subList(0, 1));
        after(kept, 100, 120, 1000);
        assertThat(kept.purgeable(120, 120, sent)).isEqualTo(119);
        after(kept, 121, 150, 1000);
        assertThat(kept.purgeable(150, 150, sent)).isEqualTo(120);
    }

    @Test
    void theLogGoesOnceNobodyIsSentACheckpointAnyMore() {
        KeptLog kept = after(new KeptLog(10, 1000), 0, 99, 1000);
        kept.purgeable(99, UNKNOWN, List.of(new KeptLog.Sent(95, 50_000)));
        after(kept, 100, 120, 1000);
        assertThat(kept.purgeable(120, 120, NOBODY)).isEqualTo(119);
    }

    @Test
    void itCountsAnewWhereTheReplicaWasOpenedAnew() {
        KeptLog kept = after(new KeptLog(10, 1000), 0, 99, 1000);
        kept.opened(200);
        assertThat(kept.purgeable(200, 200, NOBODY)).isEqualTo(200);
        after(kept, 201, 203, 1000);
        assertThat(kept.purgeable(203, 203, NOBODY)).isEqualTo(202);
    }

    @Test
    void itNeverGoesBackForAMemberThatIsNew() {
        KeptLog kept = after(new KeptLog(10, 1 << 20), 0, 99, 1);
        assertThat(kept.purgeable(99, 99, NOBODY)).isEqualTo(89);
        assertThat(kept.purgeable(99, UNKNOWN, NOBODY)).isEqualTo(89);
        assertThat(kept.purgeable(50, UNKNOWN, NOBODY)).isEqualTo(89);
    }

    @Property
    void neverBeyondTheCheckpointAndNeverMoreThanTheBoundIsKept(
            @ForAll @Size(min = 1, max = 300) List<@IntRange(min = 1, max = 5000) Integer> entries,
            @ForAll @IntRange(min = 1, max = 50) int maxEntries,
            @ForAll @IntRange(min = 1, max = 20_000) int maxBytes,
            @ForAll @IntRange(min = -1, max = 299) int slowest) {
        KeptLog kept = new KeptLog(maxEntries, maxBytes);
        for (int index = 0; index < entries.size(); index++) {
            kept.applied(index, entries.get(index));
        }
        int last = entries.size() - 1;
        long before = -1;
        for (int checkpoint = 0; checkpoint <= last; checkpoint += 7) {
            long purgeable = kept.purgeable(checkpoint, slowest, NOBODY);
            assertThat(purgeable).isBetween(before, (long) checkpoint);
            before = purgeable;
        }
        long purged = kept.purgeable(last, slowest, NOBODY);
        // Marks lie a part of the bound apart, and an entry is kept whole.
        long behind = entries.subList((int) purged + 1, entries.size()).stream()
                .mapToLong(i -> i)
                .sum();
        assertThat(last - purged).isLessThanOrEqualTo(8L * maxEntries);
        assertThat(behind).isLessThan(8L * maxBytes + maxBytes / 64 + 2 * 5000);
        if (slowest >= last) {
            assertThat(last - purged).isLessThanOrEqualTo(maxEntries);
            assertThat(behind).isLessThan(maxBytes + maxBytes / 64 + 2 * 5000);
        }
    }
}
