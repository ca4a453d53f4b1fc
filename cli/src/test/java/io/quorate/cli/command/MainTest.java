package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MainTest {
    @Test
    void versionComesFromTheBuild() {
        CommandRun run = CommandRun.of("--version");
        assertThat(run.status()).isZero();
        assertThat(run.out()).matches("(?s)quorate \\d+\\.\\d+\\.\\d+\\S*\\RJava .*");
    }

    @Test
    void helpListsCommandsExamplesAndExitCodes() {
        CommandRun run = CommandRun.of("--help");
        assertThat(run.out()).contains("Commands:", "Examples:", "Exit codes:");
        for (ExitCode code : ExitCode.values()) {
            assertThat(run.out())
                    .contains(code.status() + "   " + code.meaning().split(" ")[0]);
        }
    }

    @Test
    void exitStatusesAreDistinct() {
        assertThat(Arrays.stream(ExitCode.values()).map(ExitCode::status)).doesNotHaveDuplicates();
    }

    @Test
    void noCommandIsAUsageErrorThatNamesTheCommands() {
        CommandRun run = CommandRun.of();
        assertThat(run.status()).isEqualTo(ExitCode.USAGE.status());
        assertThat(run.err()).contains("which command?", "completion", "quorate --help");
    }

    @Test
    void mistypedCommandGetsASuggestion() {
        CommandRun run = CommandRun.of("completoin");
        assertThat(run.status()).isEqualTo(ExitCode.USAGE.status());
        assertThat(run.err()).contains("completoin", "Did you mean: ", "completion");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void mistypedOptionGetsASuggestion() {
        CommandRun run = CommandRun.of("--versoin");
        assertThat(run.status()).isEqualTo(ExitCode.USAGE.status());
        assertThat(run.err()).contains("Did you mean: ", "--version");
    }

    @Test
    void completionScriptNamesEveryCommand() {
        CommandRun run = CommandRun.of("completion");
        assertThat(run.status()).isZero();
        assertThat(run.out()).startsWith("#!/usr/bin/env bash").contains("shards", "completion");
        assertThat(CommandRun.of("generate-completion").out())
                .as("its former name")
                .isEqualTo(run.out());
        assertThat(CommandRun.of("completion", "--help").out()).contains("bash", "zsh", "PATH");
    }

    @Test
    void aFailureCannotEndWithOk() {
        assertThatThrownBy(() -> new CommandFailure(ExitCode.OK, "fine")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void jsonMayBeAskedForBeforeTheCommand() {
        assertThat(CommandRun.of("--json", "completion").out()).startsWith("{\"script\":");
        assertThat(CommandRun.of("--json").out()).startsWith("{\"error\":{\"kind\":\"usage\",\"exit\":2,");
    }

    @Test
    void theReadmeHasTheSameExitCodes() throws Exception {
        String readme = Files.readString(Path.of("..", "README.md"));
        for (ExitCode code : ExitCode.values()) {
            assertThat(readme).contains("| " + code.status() + " | " + code.meaning() + " |");
        }
    }
}
