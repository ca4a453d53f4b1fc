package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The completion script as bash uses it: sourced, and its function called with the words so far. */
class CompletionTest {
    /** Does what bash does on the tab key: asks {@code complete} which function to call, and prints what it offers. */
    private static final String TAB = """
            source "$1"
            shift
            COMP_WORDS=("$@")
            COMP_CWORD=$(($# - 1))
            COMP_LINE="$*"
            COMP_POINT=${#COMP_LINE}
            function=$(complete -p quorate | sed -n 's/.*-F \\([^ ]*\\) .*/\\1/p')
            "$function" quorate "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """;

    @TempDir
    private Path directory;

    private Path script;

    @BeforeEach
    void print() throws IOException {
        script = Files.writeString(
                directory.resolve("completion.bash"),
                CommandRun.of("completion").out());
    }

    private static String bash(String... arguments) throws IOException, InterruptedException {
        Process bash = new ProcessBuilder(arguments).redirectErrorStream(true).start();
        String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(output).isZero();
        return output;
    }

    @Test
    void bashReadsItWithoutAComplaint() throws Exception {
        assertThat(bash("bash", "-n", script.toString())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "quorate sh, shards",
        "quorate shards cr, create",
        "quorate log ap, append",
        "quorate kv get --cons, --consistency",
        "quorate log append audit --fr, --framed",
        "quorate bench read --read, --read-from",
    })
    void theTabKeyCompletesCommandsAndOptions(String line, String completed) throws Exception {
        String offered = bash(concat(List.of("bash", "-c", TAB, "bash", script.toString()), line.split(" ")));
        assertThat(offered.lines().map(String::strip)).contains(completed);
    }

    private static String[] concat(List<String> first, String[] second) {
        return Stream.concat(first.stream(), Arrays.stream(second)).toArray(String[]::new);
    }
}
