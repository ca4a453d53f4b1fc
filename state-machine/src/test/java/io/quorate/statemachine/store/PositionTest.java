package io.quorate.statemachine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.Lsn;
import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PositionTest {
    /** As {@link Position#encode}, but of numbers that no position has. */
    private static Bytes encoded(long lsn, long term, long index, long clusterTime) {
        byte[] bytes = new byte[37];
        ByteBuffer.wrap(bytes)
                .put((byte) 1)
                .putLong(lsn)
                .putLong(term)
                .putLong(index)
                .putLong(clusterTime);
        ByteBuffer.wrap(bytes).putInt(33, Bytes.wrap(bytes, 0, 33).crc32c());
        return Bytes.wrap(bytes);
    }

    @Property
    void whatWasEncodedIsRead(
            @ForAll @LongRange(min = 0) long lsn,
            @ForAll @LongRange(min = 0) long term,
            @ForAll @LongRange(min = -1) long index,
            @ForAll @LongRange(min = 0) long time) {
        Position position = new Position(new Lsn(lsn), term, index, time);
        assertThat(Position.decode(position.encode())).isEqualTo(position);
        assertThat(position.encode()).isEqualTo(encoded(lsn, term, index, time));
    }

    @Test
    void numbersThatNoPositionHasAreRefusedAsForeignThoughTheirChecksumIsRight() {
        for (Bytes foreign :
                new Bytes[] {encoded(-1, 0, 0, 0), encoded(0, -1, 0, 0), encoded(0, 0, -2, 0), encoded(0, 0, 0, -1)}) {
            assertThatThrownBy(() -> Position.decode(foreign)).isInstanceOf(CorruptFormatException.class);
        }
    }

    @Property
    void anythingElseIsRefused(@ForAll @Size(max = 64) byte[] bytes) {
        assertThatThrownBy(() -> Position.decode(Bytes.wrap(bytes))).isInstanceOf(CorruptFormatException.class);
    }
}
