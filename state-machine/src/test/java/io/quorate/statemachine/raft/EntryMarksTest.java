package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.quorate.statemachine.raft.EntryMark.State;
import io.quorate.statemachine.replica.EntryHeldException;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EntryMarksTest {
    private static final Lsn SEVEN = new Lsn(7);

    @TempDir
    Path directory;

    private static LogEntry entry(long lsn, String text) {
        return new LogEntry(new Lsn(lsn), 1, 1, LogRecord.sessionless(EntryKind.USER, Bytes.utf8(text)));
    }

    private static final LogEntry POISON = entry(7, "poison");

    private EntryMarks open() throws IOException {
        return EntryMarks.open(directory.resolve("group.marks"));
    }

    private static EntryMark mark(int attempt, State state) {
        return new EntryMark(SEVEN, attempt, state, state == State.SKIPPED ? POISON.checksum() : 0);
    }

    @Test
    void entriesWithoutAWordAreApplied() throws IOException {
        assertThat(open().isSkipped(POISON)).isFalse();
    }

    @Test
    void aHeldEntryIsNeitherAppliedNorSkippedUntilItIsReleased() throws IOException {
        EntryMarks marks = open();
        marks.put(mark(1, State.HELD));
        assertThatExceptionOfType(EntryHeldException.class)
                .isThrownBy(() -> marks.isSkipped(POISON))
                .satisfies(held -> assertThat(held.checksum()).isEqualTo(POISON.checksum()));
        assertThat(marks.isSkipped(entry(8, "next"))).isFalse();
        marks.put(mark(1, State.RELEASED));
        assertThat(marks.isSkipped(POISON)).isFalse();
    }

    @Test
    void whatWasPromisedHoldsAfterARestart() throws IOException {
        open().put(mark(1, State.HELD));
        assertThatExceptionOfType(EntryHeldException.class).isThrownBy(() -> open().isSkipped(POISON));
        open().put(mark(1, State.SKIPPED));
        assertThat(open().isSkipped(POISON)).isTrue();
    }

    @Test
    void anotherEntryAtASkippedLsnIsAnotherHistory() throws IOException {
        EntryMarks marks = open();
        marks.put(mark(1, State.SKIPPED));
        assertThatIllegalStateException()
                .isThrownBy(() -> marks.isSkipped(entry(7, "something else")))
                .withMessageContaining("two histories");
    }

    @Test
    void aWordThatComesLateChangesNothing() throws IOException {
        EntryMarks marks = open();
        marks.put(mark(1, State.HELD));
        marks.put(mark(1, State.RELEASED));
        assertLate(marks, mark(1, State.HELD));
        marks.put(mark(2, State.HELD));
        assertLate(marks, mark(1, State.RELEASED));
        marks.put(mark(2, State.SKIPPED));
        marks.put(mark(2, State.SKIPPED));
        assertLate(marks, mark(3, State.HELD));
        assertLate(marks, mark(3, State.RELEASED));
        assertThat(open().find(SEVEN)).contains(mark(2, State.SKIPPED));
    }

    private static void assertLate(EntryMarks marks, EntryMark late) {
        assertThatExceptionOfType(SkipRefusedException.class)
                .isThrownBy(() -> marks.put(late))
                .withMessageContaining("comes late");
    }

    @Test
    void damageIsRefusedAndNamesTheFile() throws IOException {
        open().put(mark(1, State.SKIPPED));
        Path file = directory.resolve("group.marks");
        String intact = Files.readString(file);
        for (String damaged :
                new String[] {"", intact.replace("SKIPPED", "skipped"), intact.replace("MARKS 1", "MARKS 2")}) {
            Files.writeString(file, damaged, StandardCharsets.UTF_8);
            assertThatExceptionOfType(CorruptFormatException.class)
                    .isThrownBy(this::open)
                    .withMessageContaining("group.marks");
        }
    }

    @Test
    void aNewerVersionIsNamedAsOneAlsoWithAChecksumThatHolds() throws IOException {
        open().put(mark(1, State.SKIPPED));
        Path file = directory.resolve("group.marks");
        String newer = Files.readString(file).replace("QUORATE-MARKS 1 ", "QUORATE-MARKS 2 ");
        Files.writeString(file, newer);
        assertThatExceptionOfType(CorruptFormatException.class)
                .isThrownBy(this::open)
                .withMessageContaining("no file of marks of version 1; is it of a newer version?")
                .withMessageContaining("group.marks");
        assertThat(file).as("left as it is").hasContent(newer);
    }

    /** A promise that is forgotten, or one that is made up, is an entry applied here and skipped elsewhere. */
    @Test
    void noPieceAndNoSingleBitThatFlipsIsReadAsAFileOfMarks() throws IOException {
        EntryMarks marks = open();
        marks.put(mark(1, State.HELD));
        marks.put(new EntryMark(new Lsn(8), 2, State.RELEASED, 0));
        Path file = directory.resolve("group.marks");
        byte[] intact = Files.readAllBytes(file);
        for (int length = 0; length < intact.length; length++) {
            assertRefused(file, Arrays.copyOf(intact, length), "the first " + length + " bytes");
        }
        for (int bit = 0; bit < intact.length * 8; bit++) {
            byte[] damaged = intact.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertRefused(file, damaged, "bit " + bit);
        }
        assertRefused(file, Arrays.copyOf(intact, intact.length + 1), "one byte more");
    }

    @Test
    void randomBytesAreRefusedAlsoBehindTheRightBeginning() throws IOException {
        Path file = directory.resolve("group.marks");
        Random random = new Random(5);
        byte[] begin = "QUORATE-MARKS 1 ".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            assertRefused(file, bytes, "random bytes " + i);
            byte[] whole = Arrays.copyOf(begin, begin.length + bytes.length);
            System.arraycopy(bytes, 0, whole, begin.length, bytes.length);
            assertRefused(file, whole, "random bytes behind the beginning " + i);
        }
    }

    /** As a build with a bug would write it. */
    @Test
    void contentThatIsNoneUnderAChecksumThatHoldsIsRefused() throws IOException {
        Path file = directory.resolve("group.marks");
        for (String body : List.of(
                "",
                "{}",
                "null",
                "{\"marks\":7}",
                "{\"marks\":[{}]}",
                "{\"marks\":[{\"lsn\":7,\"attempt\":1,\"state\":\"HELD\",\"checksum\":\"x\"}]}",
                "{\"marks\":[{\"lsn\":7,\"attempt\":0,\"state\":\"HELD\",\"checksum\":\"0\"}]}",
                "{\"marks\":[{\"lsn\":7,\"attempt\":1,\"state\":\"LOST\",\"checksum\":\"0\"}]}",
                "{\"marks\":[")) {
            String text =
                    "QUORATE-MARKS 1 " + String.format("%08x", Bytes.utf8(body).crc32c()) + "\n" + body;
            assertRefused(file, text.getBytes(StandardCharsets.UTF_8), body);
        }
    }

    private void assertRefused(Path file, byte[] content, String what) throws IOException {
        Files.write(file, content);
        assertThatExceptionOfType(CorruptFormatException.class)
                .as(what)
                .isThrownBy(this::open)
                .withMessageContaining("group.marks");
    }

    @Test
    void aMarkThatCouldNotBeWrittenIsNotTakenForADurableOneWhenItIsRepeated() throws IOException {
        for (EntryMark mark : List.of(mark(1, State.HELD), mark(2, State.SKIPPED))) {
            Path folder = directory.resolve(mark.state().name());
            EntryMarks marks = EntryMarks.open(folder.resolve("group.marks"));
            assertThatIOException().isThrownBy(() -> marks.put(mark)); // no such folder
            assertThat(marks.find(SEVEN)).as("stops the entry all the same").contains(mark);
            Files.createDirectory(folder);
            marks.put(mark);
            assertThat(EntryMarks.open(folder.resolve("group.marks")).find(SEVEN))
                    .contains(mark);
        }
    }
}
