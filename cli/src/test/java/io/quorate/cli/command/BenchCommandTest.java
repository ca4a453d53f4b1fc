package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {
    @ParameterizedTest
    @CsvSource({
        "--clients 0, clients not in 1..",
        "--mode open, an open loop needs a rate above 0",
        "--rate 5, an open loop needs a rate above 0",
        "--clients 2 --connections 3, connections not in 1..2: 3",
        "--system etcd, no system etcd",
        "--warmup-max 1, maxWarmup",
        "--rounds 0, rounds not in 1..",
        "--dir /no/such/place, is not a directory",
        "--mode sideways, sideways",
    })
    void impossibleLoadIsRefusedBeforeAnythingStarts(String options, String message) {
        CommandRun run = CommandRun.of(("bench append " + options).split(" "));

        assertThat(run.status()).isEqualTo(ExitCode.USAGE.status());
        assertThat(run.err()).contains(message).contains("quorate bench append --help");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void reportWithoutADirectoryToLieInFails() {
        CommandRun run = CommandRun.of("bench", "append", "--json", "/no/such/place/out.json");

        assertThat(run.status()).isEqualTo(ExitCode.FAILED.status());
        assertThat(run.err()).contains("/no/such/place/out.json");
    }
}
