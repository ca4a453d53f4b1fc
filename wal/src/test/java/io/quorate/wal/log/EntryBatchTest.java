package io.quorate.wal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class EntryBatchTest {
    private static final ClusterId CLUSTER = new ClusterId(new UUID(1, 2));
    private static final LogRecord RECORD = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("payload"));

    @Provide
    Arbitrary<EntryBatch> batches() {
        return Logs.batches(8);
    }

    @Provide
    Arbitrary<EntryBatch> smallBatches() {
        return Logs.batches(2);
    }

    @Property
    void readsBackWhatItWrote(@ForAll("batches") EntryBatch batch) {
        assertThat(EntryBatch.decode(batch.encode())).isEqualTo(batch);
        assertThat(EntryBatch.decode(batch.encode()).encode()).isEqualTo(batch.encode());
    }

    @Property(tries = 100)
    void detectsEveryFlippedBit(@ForAll("smallBatches") EntryBatch batch) {
        Bytes encoded = batch.encode();
        for (int bit = 0; bit < encoded.length() * 8; bit++) {
            assertCorrupt(Logs.flip(encoded, bit), "bit " + bit);
        }
    }

    @Property(tries = 200)
    void refusesEveryTruncationAndEveryTail(@ForAll("smallBatches") EntryBatch batch, @ForAll byte tail) {
        Bytes encoded = batch.encode();
        for (int length = 0; length < encoded.length(); length++) {
            assertCorrupt(encoded.slice(0, length), "cut to " + length);
        }
        assertCorrupt(Logs.embed(Bytes.EMPTY, encoded, Bytes.wrap(new byte[] {tail})), "one byte more");
    }

    @Property
    void answersRandomBytesWithCorruptFormatOnly(@ForAll @Size(max = 300) byte[] bytes) {
        assertCorrupt(Bytes.wrap(bytes), "random");
    }

    @Property
    void decodesAnyHeaderWithARightChecksumToItselfOrRefusesIt(
            @ForAll("smallBatches") EntryBatch batch, @ForAll @IntRange(min = 0, max = 59) int at, @ForAll byte value) {
        Bytes forged = forge(batch, at, value);
        try {
            EntryBatch found = EntryBatch.decode(forged);
            assertThat(found.encode()).isEqualTo(forged);
        } catch (CorruptFormatException expected) {
            assertThat(expected).hasMessageMatching("(?s).*(batch|record|Quorate).*");
        }
    }

    private static Bytes forge(EntryBatch batch, int at, int value) {
        byte[] forged = batch.encode().toArray();
        forged[at] = (byte) value;
        ByteBuffer.wrap(forged).putInt(60, Bytes.wrap(forged).crc32c(0, 60));
        return Bytes.wrap(forged);
    }

    private static void assertCorrupt(Bytes bytes, String what) {
        assertThatExceptionOfType(CorruptFormatException.class).as(what).isThrownBy(() -> EntryBatch.decode(bytes));
    }

    @Test
    void refusesWhatItDoesNotKnowByName() {
        EntryBatch batch = new EntryBatch(CLUSTER, Generation.FIRST, 7, List.of(RECORD));
        assertRefused(forge(batch, 0, 'X'), "not a Quorate batch");
        assertRefused(forge(batch, 4, 2), "version 2");
        assertRefused(forge(batch, 5, 1), "flags 1");
        assertRefused(forge(batch, 7, 65), "header length 65");
        assertRefused(forge(batch, 59, 1), "reserved");
        assertRefused(forge(batch, 31, 0), "generation < 1");
        assertRefused(forge(batch, 32, 0x80), "cluster time < 0");
        assertRefused(forge(batch, 43, 2), "record at byte");
        assertRefused(forge(batch, 43, 0), "0 records");
        assertRefused(forge(batch, 40, 0x7f), "record at byte");
    }

    private static void assertRefused(Bytes bytes, String message) {
        assertThatExceptionOfType(CorruptFormatException.class)
                .isThrownBy(() -> EntryBatch.decode(bytes))
                .withMessageContaining(message);
    }

    @Test
    void refusesToBeMadeWithoutRecordsOrBeforeTimeBegan() {
        assertThatIllegalArgumentException().isThrownBy(() -> new EntryBatch(CLUSTER, Generation.FIRST, 0, List.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EntryBatch(CLUSTER, Generation.FIRST, -1, List.of(RECORD)));
    }
}
