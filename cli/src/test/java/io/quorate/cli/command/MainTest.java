package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
        assertThat(run.err()).contains("which command?", "generate-completion", "quorate --help");
    }

    @Test
    void mistypedCommandGetsASuggestion() {
        CommandRun run = CommandRun.of("generate-completoin");
        assertThat(run.status()).isEqualTo(ExitCode.USAGE.status());
        assertThat(run.err()).contains("generate-completoin", "Did you mean: ", "generate-completion");
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
        CommandRun run = CommandRun.of("generate-completion");
        assertThat(run.status()).isZero();
        assertThat(run.out()).startsWith("#!/usr/bin/env bash").contains("generate-completion");
    }

    @Test
    void aFailureCannotEndWithOk() {
        assertThatThrownBy(() -> new CommandFailure(ExitCode.OK, "fine")).isInstanceOf(IllegalArgumentException.class);
    }
}
