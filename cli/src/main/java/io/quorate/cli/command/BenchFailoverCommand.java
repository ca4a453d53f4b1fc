package io.quorate.cli.command;

import io.quorate.cli.bench.failover.Disturbance;
import io.quorate.cli.bench.failover.FailoverBenchmark;
import io.quorate.cli.bench.failover.FailoverReport;
import io.quorate.cli.process.ProcessFailedException;
import java.io.IOException;
import java.nio.file.Files;
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
            defaultValue = "kill",
            description = "kill: -9, then a restart; stop: SIGSTOP for as long as the gap lasts; transfer: planned."
                    + " Default: ${DEFAULT-VALUE}.")
    private String disturbance;

    @Option(names = "--rounds", defaultValue = "20", description = "How often. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--warmup",
            defaultValue = "20",
            description = "Seconds of writing before the first round. Default: ${DEFAULT-VALUE}.")
    private int warmupSeconds;

    @Option(
            names = "--calm",
            defaultValue = "3",
            description = "Seconds of writing before each round. Default: ${DEFAULT-VALUE}.")
    private int calmSeconds;

    @Option(
            names = "--dir",
            defaultValue = ".",
            description = "Where a directory for the files of the nodes is made. Default: the working directory.")
    private Path directory;

    @Option(names = "--keep", description = "Keep data and logs of the nodes.")
    private boolean keep;

    @Option(names = "--heap", defaultValue = "512m", description = "Heap of each node. Default: ${DEFAULT-VALUE}.")
    private String heap;

    @Option(names = "--jvm-arg", description = "One more option for each node's JVM; may be repeated.")
    private List<String> jvmArgs = new ArrayList<>();

    @Override
    public Integer call() {
        if (!Files.isDirectory(directory)) {
            throw new ParameterException(spec.commandLine(), "--dir " + directory + " is not a directory");
        }
        if (warmupSeconds < 0 || calmSeconds < 0) {
            throw new ParameterException(spec.commandLine(), "--warmup and --calm must not be negative");
        }
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
            throw new CommandFailure(ExitCode.FAILED, e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.FAILED, "interrupted", e);
        }
    }

    private FailoverBenchmark benchmark(List<String> args) {
        try {
            return new FailoverBenchmark(
                    Disturbance.parse(disturbance),
                    rounds,
                    Duration.ofSeconds(warmupSeconds),
                    Duration.ofSeconds(calmSeconds),
                    args,
                    output::progress);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
