package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.cli.command.EntryReader.MalformedInputException;
import io.quorate.wal.log.Bytes;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EntryReaderTest {
    private static EntryReader reader(boolean framed, int... bytes) {
        byte[] input = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            input[i] = (byte) bytes[i];
        }
        return new EntryReader(new ByteArrayInputStream(input), framed);
    }

    private static List<Bytes> all(EntryReader reader) throws Exception {
        List<Bytes> all = new ArrayList<>();
        Optional<Bytes> entry;
        while ((entry = reader.next()).isPresent()) {
            all.add(entry.get());
        }
        return all;
    }

    @Test
    void linesNeedNoEndAndMayBeEmpty() throws Exception {
        assertThat(all(reader(false, 'a', '\n', '\n', 'b')))
                .containsExactly(Bytes.utf8("a"), Bytes.EMPTY, Bytes.utf8("b"));
        assertThat(all(reader(false))).isEmpty();
    }

    @Test
    void framesHoldAnyBytes() throws Exception {
        assertThat(all(reader(true, 0, 0, 0, 2, 0xff, '\n', 0, 0, 0, 0)))
                .containsExactly(Bytes.wrap(new byte[] {(byte) 0xff, '\n'}), Bytes.EMPTY);
    }

    @Test
    void whereAFrameIsCutItsByteIsNamed() throws Exception {
        EntryReader cut = reader(true, 0, 0, 0, 1, 'x', 0, 0, 0, 9, 'y');
        assertThat(cut.next()).hasValue(Bytes.utf8("x"));
        assertThatThrownBy(cut::next)
                .isInstanceOf(MalformedInputException.class)
                .hasMessage("byte 5: the input ends after 1 of a frame's 9 bytes");
    }

    @Test
    void aCutLengthIsNoEnd() {
        assertThatThrownBy(() -> reader(true, 0, 0, 0).next())
                .isInstanceOf(MalformedInputException.class)
                .hasMessageStartingWith("byte 0: the input ends within the 4 bytes");
    }

    @Test
    void textIsNotTakenForFrames() {
        assertThatThrownBy(() -> reader(true, 't', 'e', 'x', 't', 's').next())
                .isInstanceOf(MalformedInputException.class)
                .hasMessageContaining("a frame of 1952807028 bytes")
                .hasMessageContaining("is this input framed?");
        assertThatThrownBy(() -> reader(true, 0xff, 0xff, 0xff, 0xff).next())
                .hasMessageContaining("a frame of 4294967295 bytes");
    }
}
