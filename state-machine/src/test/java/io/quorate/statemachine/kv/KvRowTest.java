package io.quorate.statemachine.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** The stored form of a value: read as it was written, or refused as corrupt. */
class KvRowTest {
    private static final Bytes KEY = Bytes.utf8("key");

    @Property
    void whatIsWrittenIsRead(@ForAll @LongRange(min = 1) long version, @ForAll @Size(max = 50) byte[] value) {
        assertThat(KvRow.decode(KEY, KvRow.encode(version, Bytes.wrap(value))))
                .isEqualTo(new KvEntry(KEY, Bytes.wrap(value), version));
    }

    @Property
    void randomBytesAreReadAsWhatTheySayOrRefused(@ForAll @Size(max = 40) byte[] bytes, @ForAll boolean begun) {
        if (begun && bytes.length > 0) {
            bytes[0] = 1;
        }
        Bytes row = Bytes.wrap(bytes);
        try {
            KvEntry entry = KvRow.decode(KEY, row);
            assertThat(KvRow.encode(entry.version(), entry.value())).isEqualTo(row);
        } catch (CorruptFormatException refused) {
            assertThat(refused).hasMessageContaining("row of key " + KEY);
        }
    }

    @Test
    void cutHeadersOtherFormatsAndImpossibleVersionsAreRefused() {
        Bytes row = KvRow.encode(7, Bytes.utf8("value"));
        for (int length = 0; length < 9; length++) {
            assertRefused(row.slice(0, length));
        }
        for (int format = 0; format < 256; format++) {
            if (format != 1) {
                byte[] forged = row.toArray();
                forged[0] = (byte) format;
                assertRefused(Bytes.wrap(forged));
            }
        }
        assertRefused(KvRow.encode(0, Bytes.EMPTY));
        assertRefused(KvRow.encode(-1, Bytes.EMPTY));
    }

    private static void assertRefused(Bytes row) {
        assertThatExceptionOfType(CorruptFormatException.class).isThrownBy(() -> KvRow.decode(KEY, row));
    }
}
