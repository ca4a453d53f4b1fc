package io.quorate.wal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Arrays;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class BytesTest {
    @Provide
    Arbitrary<Bytes> bytes() {
        return Logs.bytes(40);
    }

    @Property
    void aSliceEqualsTheCopyOfItsRange(
            @ForAll("bytes") Bytes before, @ForAll("bytes") Bytes middle, @ForAll("bytes") Bytes after) {
        Bytes slice = Logs.embed(before, middle, after).slice(before.length(), middle.length());
        assertThat(slice).isEqualTo(middle).hasSameHashCodeAs(middle).isEqualByComparingTo(middle);
        assertThat(slice.toArray()).isEqualTo(middle.toArray());
        assertThat(slice.buffer()).isEqualTo(ByteBuffer.wrap(middle.toArray()));
        assertThat(slice.compact()).isEqualTo(middle);
        assertThat(slice.crc32c()).isEqualTo(middle.crc32c());
        assertThat(Bytes.wrap(slice.buffer())).isEqualTo(middle);
        for (int i = 0; i + Long.BYTES <= slice.length(); i++) {
            assertThat(slice.longAt(i)).isEqualTo(slice.buffer().getLong(i));
            assertThat(slice.intAt(i)).isEqualTo(slice.buffer().getInt(i));
        }
    }

    @Property
    void ordersAsUnsignedBytes(@ForAll("bytes") Bytes one, @ForAll("bytes") Bytes other) {
        int expected = Arrays.compareUnsigned(one.toArray(), other.toArray());
        assertThat(Integer.signum(one.compareTo(other))).isEqualTo(Integer.signum(expected));
        assertThat(one.equals(other)).isEqualTo(expected == 0);
    }

    @Test
    void readsNothingOutsideOfItsRange() {
        Bytes slice = Bytes.utf8("0123456789").slice(1, 8);
        assertThat(slice.longAt(0)).isEqualTo(0x3132333435363738L);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> slice.longAt(1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> slice.longAt(-1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> slice.intAt(5));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> slice.at(8));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> slice.slice(1, 8));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> slice.crc32c(1, 8));
    }

    @Test
    void isNotChangedThroughItsBufferOrItsCopies() {
        Bytes bytes = Bytes.utf8("abc");
        assertThatExceptionOfType(ReadOnlyBufferException.class)
                .isThrownBy(() -> bytes.buffer().put((byte) 0));
        bytes.toArray()[0] = 0;
        byte[] source = {1, 2};
        Bytes copy = Bytes.copyOf(source);
        source[0] = 9;
        assertThat(bytes).isEqualTo(Bytes.utf8("abc"));
        assertThat(copy.at(0)).isEqualTo((byte) 1);
    }

    @Test
    void leavesThePositionOfAWrappedBufferAlone() {
        ByteBuffer heap = ByteBuffer.wrap(new byte[] {1, 2, 3, 4}, 1, 2);
        ByteBuffer direct = ByteBuffer.allocateDirect(4)
                .put(new byte[] {1, 2, 3, 4})
                .flip()
                .position(1)
                .limit(3);
        assertThat(Bytes.wrap(heap)).isEqualTo(Bytes.wrap(direct)).isEqualTo(Bytes.wrap(new byte[] {2, 3}));
        assertThat(heap.position()).isEqualTo(1);
        assertThat(direct.position()).isEqualTo(1);
    }

    @Test
    void computesTheCastagnoliChecksum() {
        assertThat(Bytes.utf8("123456789").crc32c()).isEqualTo(0xe3069283);
    }
}
