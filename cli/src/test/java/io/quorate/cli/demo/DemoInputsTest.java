package io.quorate.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.wal.log.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the demonstration feeds where nobody names a file; it compares what it read here, so only this test knows what is missing. */
class DemoInputsTest {
    @TempDir
    private Path tree;

    private void write(String file, String text) throws IOException {
        Path path = tree.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private static List<String> texts(List<Bytes> entries) {
        return entries.stream().map(Bytes::utf8).toList();
    }

    private static String together(List<Bytes> entries) {
        return entries.stream().map(Bytes::utf8).collect(Collectors.joining());
    }

    @Test
    void sourcesAndDocumentsOfATreeAreOneStreamInTheOrderOfTheirNames() throws IOException {
        write("z/src/Last.java", "class Last {\n}\n");
        write("README.md", "# Readme\n\nall of it\n");
        write("a/src/First.java", "class First {}\n");
        write("a/docs/WHY.md", "because\n");
        assertThat(texts(DemoInputs.ofProject(tree)))
                .containsExactly(
                        "# Readme\n", "\n", "all of it\n", "because\n", "class First {}\n", "class Last {\n", "}\n");
    }

    @Test
    void whatIsBuiltAndWhatIsNeitherSourceNorDocumentIsLeftOut() throws IOException {
        write("target/Generated.java", "generated\n");
        write("a/target/site/Page.md", "a page\n");
        write("a/data.bin", "\0\1");
        write("java", "no source by its name\n");
        write("retarget/Kept.java", "kept: no build goes there\n");
        assertThat(texts(DemoInputs.ofProject(tree))).containsExactly("kept: no build goes there\n");
    }

    @Test
    void aFileWithoutALastLineEndRunsIntoTheNextAndAnEmptyTreeGivesNothing() throws IOException {
        assertThat(DemoInputs.ofProject(tree)).isEmpty();
        write("a.md", "one\ntwo");
        write("b.md", "three\nfour");
        assertThat(texts(DemoInputs.ofProject(tree))).containsExactly("one\n", "twothree\n", "four");
    }

    /** An entry has a largest size, and a file may have a line beyond it. */
    @Test
    void aLineOfMoreThanAMebibyteIsFedInPieces() throws IOException {
        String line = "x".repeat((1 << 20) + 5);
        write("long.md", line + "\nnext\n");
        List<Bytes> entries = DemoInputs.ofFile(tree.resolve("long.md"));
        assertThat(entries).extracting(Bytes::length).containsExactly(1 << 20, 6, 5);
        assertThat(together(entries).equals(line + "\nnext\n")).isTrue();
    }

    @Test
    void thisProjectsOwnTreeIsFedWithAllItsModules() throws IOException {
        Path root = Path.of("..");
        List<Bytes> entries = DemoInputs.ofProject(root);
        String stream = together(entries);
        for (String file : List.of(
                "README.md",
                "docs/ARCHITECTURE.md",
                "topology/src/main/java/io/quorate/topology/Peer.java",
                "wal/src/main/java/io/quorate/wal/log/Bytes.java",
                "state-machine/src/main/java/io/quorate/statemachine/app/Application.java",
                "cli/src/test/java/io/quorate/cli/demo/DemoInputsTest.java",
                "tests/src/main/java/io/quorate/tests/kit/ApplicationCheck.java")) {
            assertThat(stream.contains(Files.readString(root.resolve(file))))
                    .as("all of %s", file)
                    .isTrue();
        }
        assertThat(entries)
                .as("enough for a demonstration")
                .hasSizeGreaterThan(10_000)
                .noneMatch(Bytes::isEmpty);
    }
}
