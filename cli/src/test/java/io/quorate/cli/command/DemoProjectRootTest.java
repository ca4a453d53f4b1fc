package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the demonstration looks for the sources that it feeds by default; what it finds there, DemoInputsTest shows. */
class DemoProjectRootTest {
    @TempDir
    private Path directory;

    @Test
    void itIsWhereTheScriptSaysThatItLies() {
        assertThat(DemoCommand.projectRoot(directory.toString())).isEqualTo(directory);
    }

    @Test
    void withoutTheScriptOrItsDirectoryAFileIsAskedFor() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        for (String home : new String[] {null, directory.resolve("gone").toString(), file.toString()}) {
            assertThatThrownBy(() -> DemoCommand.projectRoot(home))
                    .isInstanceOfSatisfying(CommandFailure.class, failure -> assertThat(failure.code())
                            .isEqualTo(ExitCode.USAGE))
                    .hasMessageContaining("name a file with --input");
        }
    }
}
