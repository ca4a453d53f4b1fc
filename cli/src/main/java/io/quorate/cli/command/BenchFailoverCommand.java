package io.quorate.cli.command;

import io.quorate.cli.bench.failover.Disturbance;
import io.quorate.cli.bench.failover.FailoverBenchmark;
import io.quorate.cli.bench.failover.FailoverReport;
import io.quorate.cli.node.Preset;
import io.quorate.cli.process.ProcessFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Gaps without acknowledgements. */
@Command(
        name = "failover",
        description = {
            "Measures how long writers wait when the leader is killed, stopped, or asked to hand over.",
            "",
            "One client appends 1,000 times a second. Each round begins when all voters have caught up; its gap is the longest time"
                    + " between two acknowledgements."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  quorate bench failover --disturbance kill --rounds 20",
            "  quorate bench failover --disturbance transfer --json"
        })
final class BenchFailoverCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Output output;

    @Option(
            names = "--disturbance",
            paramLabel = "KIND",
            defaultValue = "kill",
            description = "kill: -9, then a restart; stop: SIGSTOP for as long as the gap lasts; transfer: planned."
                    + " Default: ${DEFAULT-VALUE}.")
    private Disturbance disturbance;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "20",
            converter = Converters.Count.class,
            description = "How often, up to 10000. Default: ${DEFAULT-VALUE} rounds.")
    private int rounds;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            defaultValue = "lan",
            description = "Settings of the nodes: lan, or many-shards, which elects later. Default: ${DEFAULT-VALUE}.")
    private Preset preset;

    @Option(
            names = "--warmup",
            paramLabel = "TIME",
            defaultValue = "20s",
            converter = Converters.TimeOrNone.class,
            description =
                    "How long to write before the first round; a bare number is seconds. Default: ${DEFAULT-VALUE}.")
    private Duration warmup;

    @Option(
            names = "--calm",
            paramLabel = "TIME",
            defaultValue = "3s",
            converter = Converters.TimeOrNone.class,
            description = "How long to write before each round; a bare number is seconds. Default: ${DEFAULT-VALUE}.")
    private Duration calm;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = ".",
            converter = Converters.Directory.class,
            description = "Where a directory for the files of the nodes is made. Default: the working directory.")
    private Path directory;

    @Option(names = "--keep", description = "Keep data and logs of the nodes.")
    private boolean keep;

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            defaultValue = "512m",
            converter = Converters.Heap.class,
            description = "Heap of each node, for example 512m or 2g. Default: ${DEFAULT-VALUE}.")
    private String heap;

    @Option(
            names = "--jvm-arg",
            paramLabel = "ARG",
            converter = Converters.Text.class,
            description = "One more option for each node's JVM; may be repeated. Default: none.")
    private List<String> jvmArgs = new ArrayList<>();

    @Override
    public Integer call() {
        List<String> args = new ArrayList<>(List.of("-Xmx" + heap));
        args.addAll(jvmArgs);
        Path files = directory
                .toAbsolutePath()
                .resolve("bench-failover-" + ProcessHandle.current().pid());
        try {
            FailoverReport report = benchmark(args).run(files, keep);
            output.print(report, report.text());
            return ExitCode.OK.status();
        } catch (ProcessFailedException | IOException e) {
            throw Failures.known(e).orElseThrow();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.FAILED, "interrupted", e);
        }
    }

    private FailoverBenchmark benchmark(List<String> args) {
        try {
            return new FailoverBenchmark(disturbance, rounds, warmup, calm, preset, args, output::progress);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
