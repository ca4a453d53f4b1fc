package io.quorate.wal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.ByteBuffer;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LogRecordTest {
    @Provide
    Arbitrary<LogRecord> records() {
        return Logs.records();
    }

    @Provide
    Arbitrary<Bytes> bytes() {
        return Logs.bytes(100);
    }

    @Property
    void readsBackWhatItWroteAtAnyOffset(
            @ForAll("records") LogRecord record, @ForAll("bytes") Bytes before, @ForAll("bytes") Bytes after) {
        Bytes stored = Logs.embed(before, record.encoded(), after);
        LogRecord found = LogRecord.decode(stored, before.length());
        assertThat(found).isEqualTo(record).hasSameHashCodeAs(record);
        assertThat(found.kind()).isEqualTo(record.kind());
        assertThat(found.writer()).isEqualTo(record.writer());
        assertThat(found.sequence()).isEqualTo(record.sequence());
        assertThat(found.lowWater()).isEqualTo(record.lowWater());
        assertThat(found.payload()).isEqualTo(record.payload());
        assertThat(found.checksum()).isEqualTo(record.checksum());
        assertThat(found.length())
                .isEqualTo(LogRecord.HEADER_BYTES + record.payload().length());
    }

    @Property(tries = 200)
    void detectsEveryFlippedBit(@ForAll("records") LogRecord record, @ForAll("bytes") Bytes after) {
        for (int bit = 0; bit < record.length() * 8; bit++) {
            Bytes damaged = Logs.embed(Bytes.EMPTY, Logs.flip(record.encoded(), bit), after);
            assertThatExceptionOfType(CorruptFormatException.class)
                    .as("bit %d", bit)
                    .isThrownBy(() -> LogRecord.decode(damaged, 0))
                    .withMessageContaining("record at byte 0");
        }
    }

    @Property(tries = 200)
    void refusesEveryTruncation(@ForAll("records") LogRecord record, @ForAll("bytes") Bytes before) {
        Bytes stored = Logs.embed(before, record.encoded(), Bytes.EMPTY);
        for (int length = before.length(); length < stored.length(); length++) {
            Bytes cut = stored.slice(0, length);
            assertThatExceptionOfType(CorruptFormatException.class)
                    .isThrownBy(() -> LogRecord.decode(cut, before.length()))
                    .withMessageContaining("record at byte " + before.length());
        }
    }

    @Property
    void answersRandomBytesWithCorruptFormatOnly(@ForAll @Size(max = 200) byte[] bytes) {
        assertThatExceptionOfType(CorruptFormatException.class)
                .isThrownBy(() -> LogRecord.decode(Bytes.wrap(bytes), 0));
    }

    /** As a newer version or another program would write it: any header, but the checksum is right. */
    @Property
    void decodesAnyHeaderWithARightChecksumToItselfOrRefusesIt(
            @ForAll("records") LogRecord record, @ForAll @IntRange(min = 8, max = 31) int at, @ForAll byte value) {
        byte[] forged = record.encoded().toArray();
        forged[at] = value;
        ByteBuffer.wrap(forged).putInt(4, Bytes.wrap(forged).crc32c(8, forged.length - 8));
        try {
            LogRecord found = LogRecord.decode(Bytes.wrap(forged), 0);
            assertThat(found.encoded()).isEqualTo(Bytes.wrap(forged));
            WriterId writer = new WriterId(found.writer());
            assertThat(LogRecord.of(found.kind(), writer, found.sequence(), found.lowWater(), found.payload()))
                    .isEqualTo(found);
        } catch (CorruptFormatException expected) {
            assertThat(expected).hasMessageContaining("record");
        }
    }

    @Test
    void refusesUnknownVersionsFlagsAndKindsByName() {
        assertRefused(8, 2, "version 2");
        assertRefused(10, 1, "flags 256");
        assertRefused(11, 1, "flags 1");
        assertRefused(9, EntryKind.values().length, "unknown kind " + EntryKind.values().length);
        assertRefused(9, 0xff, "unknown kind 255");
    }

    private static void assertRefused(int at, int value, String message) {
        byte[] forged =
                LogRecord.sessionless(EntryKind.USER, Bytes.utf8("x")).encoded().toArray();
        forged[at] = (byte) value;
        ByteBuffer.wrap(forged).putInt(4, Bytes.wrap(forged).crc32c(8, forged.length - 8));
        assertThatExceptionOfType(CorruptFormatException.class)
                .isThrownBy(() -> LogRecord.decode(Bytes.wrap(forged), 0))
                .withMessageContaining(message);
    }

    @Test
    void refusesNumbersThatDoNotGoTogether() {
        assertNoRecord(0, 1, 0);
        assertNoRecord(1, 0, 0);
        assertNoRecord(1, 1, 1);
        assertNoRecord(1, 1, 2);
        assertNoRecord(1, 5, -1);
        assertNoRecord(1, -5, -6);
        assertNoRecord(1, Long.MAX_VALUE, Long.MIN_VALUE);
        assertNoRecord(1, 1L + Integer.MAX_VALUE, 0);
        assertThat(LogRecord.of(EntryKind.USER, new WriterId(1), Integer.MAX_VALUE, 0, Bytes.EMPTY)
                        .lowWater())
                .isZero();
        assertThat(LogRecord.of(EntryKind.USER, new WriterId(1), Long.MAX_VALUE, Long.MAX_VALUE - 1, Bytes.EMPTY)
                        .lowWater())
                .isEqualTo(Long.MAX_VALUE - 1);
    }

    private static void assertNoRecord(long writer, long sequence, long lowWater) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LogRecord.of(EntryKind.USER, new WriterId(writer), sequence, lowWater, Bytes.EMPTY))
                .withMessageContaining("do not go together");
    }

    @Test
    void refusesAPayloadAboveTheLimitOfTheFormat() {
        Bytes largest = Bytes.wrap(new byte[LogRecord.MAX_BYTES - LogRecord.HEADER_BYTES]);
        assertThat(LogRecord.sessionless(EntryKind.USER, largest).length()).isEqualTo(LogRecord.MAX_BYTES);
        Bytes larger = Bytes.wrap(new byte[LogRecord.MAX_BYTES - LogRecord.HEADER_BYTES + 1]);
        assertThatIllegalArgumentException().isThrownBy(() -> LogRecord.sessionless(EntryKind.USER, larger));
    }

    /** Codes are on disk: this list only grows. */
    @Test
    void keepsTheCodesOfItsKinds() {
        assertThat(EntryKind.values())
                .extracting(EntryKind::name, EntryKind::code)
                .startsWith(
                        tuple("USER", 0),
                        tuple("SESSION_OPEN", 1),
                        tuple("SESSION_CLOSE", 2),
                        tuple("SESSION_TOUCH", 3));
        for (EntryKind kind : EntryKind.values()) {
            assertThat(EntryKind.ofCode(kind.code())).isEqualTo(kind);
        }
    }
}
