package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.bench.BenchOptions;
import io.quorate.cli.bench.BenchSystems;
import io.quorate.cli.bench.load.OperationKind;
import io.quorate.statemachine.client.ReadPreference;
import io.quorate.wal.log.ReadConsistency;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchCommandTest {
    @ParameterizedTest
    @CsvSource({
        "--mode open, --mode open needs --rate",
        "--rate 5, --rate goes with --mode open",
        "--clients 2 --connections 3, --connections 3 is more than --clients 2",
        "--system etcd, no system etcd",
        "--warmup-max 1, --warmup-min 5s is more than --warmup-max 1s",
        "--rounds 1001, rounds not in 1..",
        "--shards 1001, shards not in 1..1000",
        "--shards 2 --system ratis-tuned, '--shards, --preset, --consistency and --read-from go with --system quorate'",
        "--preset wan, there is no preset 'wan'",
        "--outstanding 5000 --mode blocking, outstanding",
        "--json /no/such/place/out.json, '--json'",
        "--html /no/such/place/out.html, '--html'",
    })
    void impossibleLoadIsRefusedBeforeAnythingStarts(String options, String message) {
        CommandRun run = CommandRun.of(("bench append " + options).split(" "));

        assertThat(run.status()).isEqualTo(ExitCode.USAGE.status());
        assertThat(run.err()).contains(message).contains("quorate bench append --help");
        assertThat(run.out()).isEmpty();
    }

    /** A ratio of one run each would be one of two moments of the machine. */
    @ParameterizedTest
    @CsvSource({
        "bench append, 1, false",
        "bench append --baseline, 2, true",
        "bench read --baseline, 2, true",
        "bench append --baseline --rounds 1, 1, true",
        "bench append --rounds 5, 5, false",
    })
    void withABaselineEachSystemIsMeasuredTwiceUnlessToldOtherwise(String command, int rounds, boolean compared) {
        BenchOptions options = options(command);
        assertThat(options.rounds()).isEqualTo(rounds);
        assertThat(options.baselineWorkload().isPresent()).isEqualTo(compared);
    }

    private static BenchOptions options(String command) {
        CommandLine.ParseResult measure =
                Main.commandLine().parseArgs(command.split(" ")).subcommand().subcommand();
        Object arguments = measure.commandSpec().mixins().get("arguments").userObject();
        return ((BenchArguments) arguments)
                .options(OperationKind.APPEND, ReadConsistency.LINEARIZABLE, ReadPreference.PRIMARY);
    }

    @Test
    void helpSaysHowReadsAndShardsAreChosen() {
        assertThat(CommandRun.of("bench", "read", "--help").out())
                .contains("--shards", "--read-from", "secondary", "--consistency", "bounded=2s", "--preset");
        assertThat(CommandRun.of("bench", "append", "--help").out()).contains("--shards", "many-shards");
    }

    @Test
    void helpSaysWhatTheSystemsAre() {
        CommandRun help = CommandRun.of("bench", "--help");
        BenchSystems.all().forEach(system -> assertThat(help.out()).contains(system.name()));
        assertThat(help.out()).contains("--baseline");
    }
}
