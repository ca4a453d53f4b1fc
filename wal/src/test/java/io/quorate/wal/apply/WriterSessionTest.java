package io.quorate.wal.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.Lsn;
import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class WriterSessionTest {
    private static final int HEADER_AND_CRC_BYTES = 48;
    private static final int RUN_BYTES = 25;
    private static final ApplyResult SAME = ApplyResult.of(Bytes.utf8("same"));

    private static WriterSession session() {
        return new WriterSession(9, 1_000, 0);
    }

    private static int runs(WriterSession session) {
        return session.encode().intAt(40);
    }

    @Test
    void keepsThousandsOfPlainAnswersInOneRun() {
        WriterSession session = session();
        for (int i = 0; i < 10_000; i++) {
            session.remember(1 + i, 50 + i, ApplyResult.OK);
        }
        assertThat(session.encode().length()).isEqualTo(HEADER_AND_CRC_BYTES + RUN_BYTES);
        assertThat(session.bytes()).isEqualTo(WriterSession.RUN_BYTES);
        assertThat(session.find(10_000)).contains(new Committed(new Lsn(10_049), ApplyResult.OK));
        assertThat(session.find(10_001)).isEmpty();
    }

    @Test
    void beginsARunWhereSequenceOrLsnOrResultBreaks() {
        WriterSession session = session();
        session.remember(1, 10, SAME);
        session.remember(2, 11, SAME);
        session.remember(4, 12, SAME);
        session.remember(5, 14, SAME);
        session.remember(6, 15, ApplyResult.OK);
        session.remember(3, 16, SAME);
        assertThat(runs(session)).isEqualTo(5);
        assertThat(session.find(2)).contains(new Committed(new Lsn(11), SAME));
        assertThat(session.find(3)).contains(new Committed(new Lsn(16), SAME));
        assertThat(session.find(5)).contains(new Committed(new Lsn(14), SAME));
        assertThat(session.find(6)).contains(new Committed(new Lsn(15), ApplyResult.OK));
    }

    /** Found by storingAndLoadingAtAnyPointChangesNothing: the last run was forgotten by a restart, and limits met elsewhere. */
    @Test
    void extendsARunThatIsNotTheHighestAlsoAfterARestart() {
        WriterSession steady = session();
        steady.remember(9, 10, SAME);
        steady.remember(3, 11, SAME);
        WriterSession restarted = WriterSession.decode(9, steady.encode());
        steady.remember(4, 12, SAME);
        restarted.remember(4, 12, SAME);
        assertThat(restarted.encode()).isEqualTo(steady.encode());
        assertThat(restarted.bytes()).isEqualTo(steady.bytes());
        assertThat(runs(restarted)).isEqualTo(2);
    }

    @Test
    void cutsARunAtTheLowWaterMark() {
        WriterSession session = session();
        for (int i = 1; i <= 5; i++) {
            session.remember(i, 10 + i, SAME);
        }
        session.advanceLowWater(3);
        assertThat(session.find(3)).isEmpty();
        assertThat(session.find(4)).contains(new Committed(new Lsn(14), SAME));
        session.remember(6, 16, SAME);
        assertThat(runs(session)).isEqualTo(1);
        assertThat(session.find(6)).contains(new Committed(new Lsn(16), SAME));
        assertThat(session.bytes()).isEqualTo(WriterSession.RUN_BYTES + 4);
        session.advanceLowWater(2);
        assertThat(session.lowWater()).isEqualTo(3);
        session.advanceLowWater(6);
        assertThat(session.bytes()).isZero();
        assertThat(runs(session)).isZero();
    }

    @Test
    void hasRoomAgainAfterTheLowWaterMarkRose() {
        SessionLimits limits = new SessionLimits(1, 3, 1 << 20, 1 << 20, 1_000);
        WriterSession session = session();
        for (int i = 1; i <= 3; i++) {
            assertThat(session.hasRoom(limits)).isTrue();
            session.remember(i, 10 + i, SAME);
        }
        assertThat(session.hasRoom(limits)).isFalse();
        session.advanceLowWater(1);
        assertThat(session.hasRoom(limits)).isTrue();
    }

    @Test
    void keepsTheLastPossibleSequence() {
        WriterSession session = session();
        session.remember(Long.MAX_VALUE, 10, SAME);
        assertThat(session.find(Long.MAX_VALUE)).contains(new Committed(new Lsn(10), SAME));
        assertThat(WriterSession.decode(9, session.encode()).find(Long.MAX_VALUE))
                .isPresent();
        session.advanceLowWater(Long.MAX_VALUE - 1);
        assertThat(session.find(Long.MAX_VALUE)).isPresent();
    }

    @Test
    void keepsItsOwnCopyOfAResultThatIsAPieceOfAMessage() {
        Bytes message = Bytes.wrap(new byte[1 << 20]);
        WriterSession session = session();
        session.remember(1, 10, ApplyResult.of(message.slice(5, 4)));
        Bytes kept = session.find(1).orElseThrow().result().value();
        assertThat(kept).isEqualTo(message.slice(5, 4));
        assertThat(kept.compact()).as("an array of its own").isSameAs(kept);
    }

    @Test
    void neverExpiresBeforeItsTimeEvenAtTheEndOfTime() {
        assertThat(new WriterSession(9, 100, Long.MAX_VALUE - 10).expiresAtMillis())
                .isEqualTo(Long.MAX_VALUE);
    }

    private static WriterSession filled(List<Integer> results) {
        WriterSession session = session();
        session.advanceLowWater(2);
        for (int i = 0; i < results.size(); i++) {
            int kind = results.get(i);
            ApplyResult result = kind == 0 ? ApplyResult.OK : kind == 1 ? SAME : ApplyResult.refusal("r" + kind);
            session.remember(3 + i + (i > 2 ? 4 : 0), 10 + i, result);
        }
        return session;
    }

    @Property
    void readsBackWhatItWrote(@ForAll @Size(max = 12) List<@IntRange(max = 3) Integer> results) {
        WriterSession session = filled(results);
        WriterSession found = WriterSession.decode(9, session.encode());
        assertThat(found.encode()).isEqualTo(session.encode());
        assertThat(found.bytes()).isEqualTo(session.bytes());
        assertThat(found.lowWater()).isEqualTo(session.lowWater());
        assertThat(found.expiresAtMillis()).isEqualTo(session.expiresAtMillis());
        for (long sequence = 1; sequence < 20; sequence++) {
            assertThat(found.find(sequence)).isEqualTo(session.find(sequence));
        }
    }

    @Property(tries = 100)
    void detectsEveryFlippedBitAndTruncation(@ForAll @Size(max = 4) List<@IntRange(max = 3) Integer> results) {
        Bytes stored = filled(results).encode();
        for (int bit = 0; bit < stored.length() * 8; bit++) {
            byte[] flipped = stored.toArray();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertCorrupt(Bytes.wrap(flipped));
        }
        for (int length = 0; length < stored.length(); length++) {
            assertCorrupt(stored.slice(0, length));
        }
    }

    @Property
    void answersRandomBytesWithCorruptFormatOnly(@ForAll @Size(max = 120) byte[] bytes) {
        assertCorrupt(Bytes.wrap(bytes));
    }

    /** As another program would write it: any number anywhere, but the checksum is right. */
    @Property
    void takesAnyNumbersWithARightChecksumAsTheyAreOrRefusesThem(
            @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 3) Integer> results,
            @ForAll @IntRange(min = 4, max = 65) int at,
            @ForAll @LongRange(min = Long.MIN_VALUE) long number) {
        byte[] forged = filled(results).encode().toArray();
        ByteBuffer buffer = ByteBuffer.wrap(forged);
        buffer.putLong(Math.min(at, forged.length - 12), number);
        buffer.putInt(forged.length - 4, Bytes.wrap(forged).crc32c(0, forged.length - 4));
        try {
            WriterSession found = WriterSession.decode(9, Bytes.wrap(forged));
            found.find(number);
            found.advanceLowWater(7);
            found.remember(100, 1_000, SAME);
            assertThat(found.bytes()).isPositive();
        } catch (CorruptFormatException expected) {
            assertThat(expected).hasMessageContaining("writer 9");
        }
    }

    @Test
    void refusesTheSessionOfAnotherWriterAndAnUnknownVersionByName() {
        Bytes stored = session().encode();
        assertThatExceptionOfType(CorruptFormatException.class)
                .isThrownBy(() -> WriterSession.decode(8, stored))
                .withMessageContaining("writer 8 is that of writer 9");
        byte[] newer = stored.toArray();
        newer[4] = 2;
        assertThatExceptionOfType(CorruptFormatException.class)
                .isThrownBy(() -> WriterSession.decode(9, Bytes.wrap(newer)))
                .withMessageContaining("version 2");
    }

    private static void assertCorrupt(Bytes bytes) {
        assertThatExceptionOfType(CorruptFormatException.class).isThrownBy(() -> WriterSession.decode(9, bytes));
    }
}
