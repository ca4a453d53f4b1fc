package io.quorate.wal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quorate.wal.io.DurabilityException.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFilesTest {
    @TempDir
    Path directory;

    @Test
    void anAtomicWriteCreatesTheFileAndLeavesNoTemporaryFile() throws IOException {
        Path target = directory.resolve("meta");
        DurableFiles.writeAtomically(target, bytes("one"));
        assertThat(target).hasContent("one");
        assertThat(DurableFiles.temporaryOf(target)).doesNotExist();
    }

    @Test
    void anAtomicWriteReplacesOldContentAndAStaleTemporaryFile() throws IOException {
        Path target = directory.resolve("meta");
        Files.writeString(target, "an older and longer content");
        Files.writeString(DurableFiles.temporaryOf(target), "left by a crash, longer than what is written now");
        ByteBuffer content = bytes("two");
        DurableFiles.writeAtomically(target, content);
        assertThat(target).hasContent("two");
        assertThat(content.remaining())
                .as("the caller's buffer is not consumed")
                .isEqualTo(3);
        assertThat(DurableFiles.temporaryOf(target)).doesNotExist();
    }

    @Test
    void aFailedAtomicWriteNamesTheStepAndKeepsTheOldContent() throws IOException {
        Path target = directory.resolve("meta");
        Files.createDirectories(target.resolve("a-directory-where-a-file-is-wanted"));
        DurabilityException e =
                catchThrowableOfType(DurabilityException.class, () -> DurableFiles.writeAtomically(target, bytes("x")));
        assertThat(e.step()).isEqualTo(Step.MOVE);
        assertThat(e).hasMessageContaining("could not move").hasCauseInstanceOf(IOException.class);
        assertThat(DurableFiles.temporaryOf(target)).doesNotExist();
        assertThat(target).isDirectory();
    }

    @Test
    void writingIntoAMissingDirectoryIsAWriteFailure() {
        Path target = directory.resolve("missing").resolve("meta");
        DurabilityException e =
                catchThrowableOfType(DurabilityException.class, () -> DurableFiles.writeAtomically(target, bytes("x")));
        assertThat(e.step()).isEqualTo(Step.WRITE);
        assertThat(e.path()).isEqualTo(DurableFiles.temporaryOf(target));
    }

    @Test
    void moveReplacesTheTargetAcrossDirectories() throws IOException {
        Path from = Files.createDirectories(directory.resolve("from"));
        Path to = Files.createDirectories(directory.resolve("to"));
        Files.writeString(from.resolve("f"), "new");
        Files.writeString(to.resolve("g"), "old");
        DurableFiles.move(from.resolve("f"), to.resolve("g"));
        assertThat(to.resolve("g")).hasContent("new");
        assertThat(from).isEmptyDirectory();
    }

    @Test
    void movingWhatIsNotThereIsNamed() {
        assertThatThrownBy(() -> DurableFiles.move(directory.resolve("none"), directory.resolve("some")))
                .isInstanceOf(DurabilityException.class)
                .hasMessageContaining("could not move")
                .hasMessageContaining("Nothing was moved")
                .hasCauseInstanceOf(NoSuchFileException.class);
    }

    @Test
    void truncateCutsAndNeverGrows() throws IOException {
        Path file = directory.resolve("segment");
        Files.writeString(file, "0123456789");
        DurableFiles.truncate(file, 4);
        assertThat(file).hasContent("0123");
        DurableFiles.truncate(file, 4);
        assertThat(file).hasContent("0123");
        assertThatThrownBy(() -> DurableFiles.truncate(file, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("length 5 not within 0..4");
        assertThatThrownBy(() -> DurableFiles.truncate(file, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DurableFiles.truncate(directory.resolve("none"), 0))
                .isInstanceOf(DurabilityException.class)
                .hasMessageContaining("could not truncate");
    }

    @Test
    void createDirectoriesCreatesEveryMissingLevelAndAcceptsExistingOnes() throws IOException {
        Path deep = directory.resolve("a/b/c");
        DurableFiles.createDirectories(deep);
        DurableFiles.createDirectories(deep);
        assertThat(deep).isDirectory();
        Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> DurableFiles.createDirectories(directory.resolve("file/below")))
                .isInstanceOf(DurabilityException.class)
                .hasMessageContaining("could not create directory");
    }

    @Test
    void syncTreeAcceptsNestedTreesEmptyFilesLinksAndReadOnlyFiles() throws IOException {
        Path tree = Files.createDirectories(directory.resolve("tree/x/y"));
        Files.writeString(tree.resolve("file"), "content");
        Files.createFile(tree.resolve("empty"));
        Files.createSymbolicLink(tree.resolve("dangling"), directory.resolve("nowhere"));
        assertThat(tree.resolve("file").toFile().setReadOnly()).isTrue();
        DurableFiles.syncTree(directory.resolve("tree"));
        assertThat(tree.resolve("file")).hasContent("content");
    }

    @Test
    void aTreeInUseIsSyncedWhileOthersReplaceFilesInIt() throws Exception {
        Path tree = Files.createDirectories(directory.resolve("tree/x"));
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Void> others = CompletableFuture.runAsync(() -> {
            for (int i = 0; !stop.get(); i++) {
                try {
                    DurableFiles.replace(tree.resolve("vote"), bytes("vote " + i));
                } catch (DurabilityException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        for (int i = 0; i < 500; i++) {
            DurableFiles.syncTreeInUse(directory.resolve("tree"));
        }
        stop.set(true);
        others.join();
        assertThat(tree.resolve("vote")).content().startsWith("vote ");
    }

    @Test
    void syncingTheWrongKindOrNothingIsNamed() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> DurableFiles.syncFile(directory))
                .isInstanceOf(DurabilityException.class)
                .hasMessageContaining("is a directory");
        assertThatThrownBy(() -> DurableFiles.syncDirectory(file))
                .isInstanceOf(DurabilityException.class)
                .hasMessageContaining("is not a directory");
        DurabilityException e =
                catchThrowableOfType(DurabilityException.class, () -> DurableFiles.syncTree(directory.resolve("none")));
        assertThat(e).hasMessageContaining("do not retry").hasCauseInstanceOf(NoSuchFileException.class);
        assertThat(directory.resolve("none")).doesNotExist();
    }

    @Test
    void deleteTreeRemovesEverythingButDoesNotFollowLinks() throws IOException {
        Path kept = Files.createDirectories(directory.resolve("kept"));
        Files.writeString(kept.resolve("file"), "kept");
        Path tree = Files.createDirectories(directory.resolve("tree/x"));
        Files.writeString(tree.resolve("file"), "gone");
        Files.createSymbolicLink(tree.resolve("link"), kept);
        DurableFiles.deleteTree(directory.resolve("tree"));
        DurableFiles.deleteTree(directory.resolve("tree"));
        assertThat(Files.exists(directory.resolve("tree"), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
        assertThat(kept.resolve("file")).hasContent("kept");
        Path file = Files.createFile(directory.resolve("single"));
        DurableFiles.deleteTree(file);
        assertThat(file).doesNotExist();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
