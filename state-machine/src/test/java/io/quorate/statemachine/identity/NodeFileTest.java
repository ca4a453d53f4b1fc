package io.quorate.statemachine.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.quorate.statemachine.identity.DataDirectoryException.Problem;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.wal.log.Bytes;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LowerChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class NodeFileTest {
    private static final Path PATH = Path.of("/data/NODE");
    private static final NodeIdentity IDENTITY = new NodeIdentity(
            new NodeId("n1"), new Incarnation(0xdeadbeefL), Optional.of(new ClusterId(new UUID(1, 2))));

    @Property
    void isReadAsWritten(
            @ForAll @LowerChars @StringLength(min = 1, max = 63) String name,
            @ForAll long incarnation,
            @ForAll boolean inCluster,
            @ForAll long high) {
        NodeIdentity identity = new NodeIdentity(
                new NodeId(name),
                new Incarnation(incarnation == 0 ? 1 : incarnation),
                inCluster ? Optional.of(new ClusterId(new UUID(high, 7))) : Optional.empty());
        assertThat(NodeFile.decode(NodeFile.encode(identity), PATH)).isEqualTo(identity);
    }

    @Test
    void hasTheBytesThatTheFormatSays() {
        assertThat(NodeFile.encode(IDENTITY).buffer().limit()).isEqualTo(43);
        ByteBuffer file = NodeFile.encode(IDENTITY).buffer();
        assertThat(file.getLong(0)).isEqualTo(0x51554F524E4F4445L);
        assertThat(file.getShort(8)).isEqualTo((short) 1);
        assertThat(file.getLong(12)).isEqualTo(0xdeadbeefL);
        assertThat(file.get(36)).isEqualTo((byte) 2);
    }

    @Property
    void anyFlippedBitIsRefused(@ForAll @IntRange(max = 43 * 8 - 1) int bit) {
        byte[] file = bytes();
        file[bit / 8] ^= (byte) (1 << (bit % 8));
        Throwable refusal = catchThrowable(() -> NodeFile.decode(Bytes.wrap(file), PATH));
        assertThat(refusal).isInstanceOf(DataDirectoryException.class).hasMessageContaining("/data/NODE");
    }

    @Property
    void anyTruncationIsRefusedAsDamage(@ForAll @IntRange(max = 42) int length) {
        Bytes cut = NodeFile.encode(IDENTITY).slice(0, length);
        assertThatThrownBy(() -> NodeFile.decode(cut, PATH))
                .isInstanceOfSatisfying(DataDirectoryException.class, e -> assertThat(e.problem())
                        .isEqualTo(Problem.DAMAGED));
    }

    @Property
    void randomBytesAreRefused(@ForAll @Size(max = 200) byte[] random) {
        assertThatThrownBy(() -> NodeFile.decode(Bytes.wrap(random), PATH)).isInstanceOf(DataDirectoryException.class);
    }

    @Test
    void aNewerVersionIsNamedWhateverFollows() {
        byte[] file = bytes();
        file[9] = 2;
        assertThatThrownBy(() -> NodeFile.decode(Bytes.wrap(file, 0, 20), PATH))
                .isInstanceOfSatisfying(DataDirectoryException.class, e -> assertThat(e.problem())
                        .isEqualTo(Problem.NEWER_VERSION))
                .hasMessageContaining("version 2")
                .hasMessageContaining("newer release");
    }

    @Test
    void aReservedFieldInUseIsRefusedEvenWithAGoodChecksum() {
        byte[] file = bytes();
        file[11] = 1;
        ByteBuffer.wrap(file)
                .putInt(file.length - 4, Bytes.wrap(file, 0, file.length - 4).crc32c());
        assertThatThrownBy(() -> NodeFile.decode(Bytes.wrap(file), PATH)).hasMessageContaining("reserved 1");
    }

    private static byte[] bytes() {
        ByteBuffer buffer = NodeFile.encode(IDENTITY).buffer();
        byte[] file = new byte[buffer.remaining()];
        buffer.get(file);
        return file;
    }
}
