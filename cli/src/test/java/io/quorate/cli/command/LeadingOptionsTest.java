package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeadingOptionsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--server h:1 status                    | status --server h:1",
                "-s h:1 --json kv --timeout 5s get s k  | --json kv get -s h:1 --timeout 5s s k",
                "--server=h:1 kv get s k                | kv get --server=h:1 s k",
                "kv --limit 5 scan s                    | kv scan --limit 5 s",
                "--lsn log tail s                       | --lsn log tail s",
                "status --server h:1                    | status --server h:1",
                "kv put s k --server                    | kv put s k --server",
                "--sever h:1 status                     | --sever h:1 status",
                "--server h:1 stats                     | stats",
                "--server h:1                           | ''",
                "--server                               | ''",
                "--version                              | --version",
                "server status                          | server status",
            })
    void optionsStandBehindTheCommandThatTakesThem(String typed, String parsed) {
        assertThat(String.join(" ", LeadingOptions.behindTheirCommand(Main.commandLine(), typed.split(" +"))))
                .isEqualTo(parsed);
    }

    @Test
    void theyAreTakenAndRefusedByThatCommand() {
        assertThat(CommandRun.of("--timeout", "0s", "status").err()).contains("'--timeout'", "'0s' is not above zero");
        assertThat(CommandRun.of("--server", "h:1", "completion").err())
                .contains("Unknown option", "--server", "quorate completion --help");
        assertThat(CommandRun.of("--server", "h:1").err()).contains("which command?");
        assertThat(CommandRun.of("--server", "h:1", "stats").err()).contains("stats", "Did you mean: ", "status");
    }
}
