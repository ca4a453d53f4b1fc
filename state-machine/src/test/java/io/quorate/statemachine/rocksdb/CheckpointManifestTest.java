package io.quorate.statemachine.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.rocksdb.CheckpointManifest.FileEntry;
import io.quorate.statemachine.store.Position;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class CheckpointManifestTest {
    private static final CheckpointManifest MANIFEST = new CheckpointManifest(
            States.position(41),
            List.of(new FileEntry("000012.sst", 4_711, 0xdeadbeef), new FileEntry("CURRENT", 16, 7)));

    @Property(tries = 200)
    void manifestReadsBackAsItWasWritten(@ForAll("manifests") CheckpointManifest manifest) {
        assertThat(CheckpointManifest.decode(manifest.encode())).isEqualTo(manifest);
    }

    @Provide
    Arbitrary<CheckpointManifest> manifests() {
        Arbitrary<FileEntry> file = Combinators.combine(
                        Arbitraries.strings()
                                .ofMinLength(1)
                                .ofMaxLength(50)
                                .excludeChars('/')
                                .filter(name -> name.equals(Bytes.utf8(name).utf8()))
                                .filter(name -> !name.equals(".") && !name.equals("..")),
                        Arbitraries.longs().greaterOrEqual(0),
                        Arbitraries.integers())
                .as(FileEntry::new);
        return Combinators.combine(
                        Arbitraries.longs().between(0, Long.MAX_VALUE - 2_000),
                        file.list().ofMaxSize(20).uniqueElements(FileEntry::name))
                .as((index, files) -> new CheckpointManifest(States.position(index), files));
    }

    @Test
    void filesAreInOrderOfName() {
        FileEntry a = new FileEntry("a", 1, 1);
        FileEntry b = new FileEntry("b", 2, 2);

        assertThat(new CheckpointManifest(Position.START, List.of(b, a)).files())
                .containsExactly(a, b);
    }

    @Test
    void everyFlippedBitIsRefused() {
        Bytes intact = MANIFEST.encode();
        for (int bit = 0; bit < intact.length() * 8; bit++) {
            byte[] flipped = intact.toArray();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);

            assertThatThrownBy(() -> CheckpointManifest.decode(Bytes.wrap(flipped)))
                    .as("bit %d", bit)
                    .isInstanceOf(CorruptFormatException.class);
        }
    }

    @Test
    void everyTruncationIsRefused() {
        Bytes intact = MANIFEST.encode();
        for (int length = 0; length < intact.length(); length++) {
            Bytes cut = intact.slice(0, length);

            assertThatThrownBy(() -> CheckpointManifest.decode(cut)).isInstanceOf(CorruptFormatException.class);
        }
    }

    @Property(tries = 500)
    void randomBytesBehindAnIntactHeaderAreRefused(@ForAll byte[] garbage) {
        Bytes header = MANIFEST.encode().slice(0, 24);
        byte[] bytes = new byte[24 + garbage.length];
        header.copyTo(bytes, 0);
        System.arraycopy(garbage, 0, bytes, 24, garbage.length);

        assertThatThrownBy(() -> CheckpointManifest.decode(Bytes.wrap(bytes)))
                .isInstanceOf(CorruptFormatException.class);
    }

    @Test
    void newerVersionIsRefusedByName() {
        assertThatThrownBy(() -> CheckpointManifest.decode(withHeader(2, 0)))
                .isInstanceOf(CorruptFormatException.class)
                .hasMessageContaining("version 2")
                .hasMessageContaining("this build knows version 1");
    }

    @Test
    void unknownFlagIsRefusedByName() {
        assertThatThrownBy(() -> CheckpointManifest.decode(withHeader(1, 4)))
                .isInstanceOf(CorruptFormatException.class)
                .hasMessageContaining("flags 4");
    }

    @Test
    void flippedVersionIsDamageAndNoNewerVersion() {
        byte[] flipped = MANIFEST.encode().toArray();
        flipped[9] = 2;

        assertThatThrownBy(() -> CheckpointManifest.decode(Bytes.wrap(flipped)))
                .isInstanceOf(CorruptFormatException.class)
                .hasMessageContaining("damaged header");
    }

    /** The manifest as a later build might have written it: header intact, the rest unknown to this one. */
    static Bytes withHeader(int version, int flags) {
        byte[] bytes = MANIFEST.encode().toArray();
        ByteBuffer.wrap(bytes).putShort(8, (short) version).putShort(10, (short) flags);
        ByteBuffer.wrap(bytes).putInt(12, Bytes.wrap(bytes, 0, 12).crc32c());
        return Bytes.wrap(bytes);
    }

    @Test
    void fileNamesWithAPathAreRefused() {
        for (String name : List.of("", ".", "..", "a/b", "../a")) {
            assertThatThrownBy(() -> new FileEntry(name, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
