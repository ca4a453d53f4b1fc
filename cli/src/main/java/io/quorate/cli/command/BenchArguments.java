package io.quorate.cli.command;

import io.quorate.cli.bench.BenchOptions;
import io.quorate.cli.bench.BenchSystems;
import io.quorate.cli.bench.Benchmark;
import io.quorate.cli.bench.load.LoadMode;
import io.quorate.cli.bench.load.OperationKind;
import io.quorate.cli.bench.load.Workload;
import io.quorate.cli.bench.measure.MeasurementPlan;
import io.quorate.cli.bench.measure.SteadyRule;
import io.quorate.cli.process.ProcessFailedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of the benchmarks, and the step from them to {@link BenchOptions}. A mixin. */
final class BenchArguments {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(35);
    private static final int BASELINE_ROUNDS = 2;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--clients", defaultValue = "64", description = "Writers or readers. Default: ${DEFAULT-VALUE}.")
    private int clients;

    @Option(
            names = "--outstanding",
            defaultValue = "1",
            description = "Operations that each client has open at once. Default: ${DEFAULT-VALUE}.")
    private int outstanding;

    @Option(
            names = "--connections",
            defaultValue = "1",
            description =
                    "Connections that the clients share; as many as clients: one each. Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(names = "--value-bytes", defaultValue = "256", description = "Size of an entry. Default: ${DEFAULT-VALUE}.")
    private int valueBytes;

    @Option(
            names = "--mode",
            defaultValue = "closed",
            description =
                    "closed: the next operation begins when one was answered; blocking: the same with a waiting thread for"
                            + " each; open: at --rate, latency counted from when an operation was due. Default: ${DEFAULT-VALUE}.")
    private LoadMode mode;

    @Option(names = "--rate", defaultValue = "0", description = "Arrivals per second, with --mode open.")
    private double rate;

    @Option(names = "--duration", defaultValue = "20", description = "Seconds to measure. Default: ${DEFAULT-VALUE}.")
    private int durationSeconds;

    @Option(
            names = "--warmup-min",
            defaultValue = "5",
            description = "Seconds to warm up at least. Default: ${DEFAULT-VALUE}.")
    private int minWarmupSeconds;

    @Option(
            names = "--warmup-max",
            defaultValue = "90",
            description = "Seconds after which to measure though it is not steady. Default: ${DEFAULT-VALUE}.")
    private int maxWarmupSeconds;

    @Option(
            names = "--steady-windows",
            defaultValue = "5",
            description = "Windows of two seconds that must agree for steady. Default: ${DEFAULT-VALUE}.")
    private int steadyWindows;

    @Option(
            names = "--steady-spread",
            defaultValue = "0.10",
            description = "Relative spread of their throughput that counts as agreement. Default: ${DEFAULT-VALUE}.")
    private double steadySpread;

    @Option(
            names = "--system",
            description = "What to measure. Default: the first of those that an unknown name lists.")
    private String system;

    @Option(names = "--baseline", description = "Measure bare Ratis in turn, with its defaults and tuned.")
    private boolean baseline;

    @Option(
            names = "--rounds",
            description = "How often each system is measured. Default: 1, or " + BASELINE_ROUNDS + " with --baseline.")
    private Integer rounds;

    @Option(
            names = "--baseline-pack",
            defaultValue = "1",
            description = "Entries packed into each append of bare Ratis. Default: ${DEFAULT-VALUE}.")
    private int baselinePack;

    @Option(
            names = "--baseline-clients",
            description = "Clients of bare Ratis, one outstanding each. Default: the same clients and outstanding.")
    private Integer baselineClients;

    @Option(
            names = "--pack",
            defaultValue = "1",
            description = "Entries packed into one value by the caller. Default: ${DEFAULT-VALUE}.")
    private int pack;

    @Option(names = "--json", paramLabel = "FILE", description = "Write one JSON object to this file.")
    private Path jsonFile;

    @Option(names = "--html", paramLabel = "FILE", description = "Write a page with charts to this file.")
    private Path htmlFile;

    @Option(
            names = "--dir",
            defaultValue = ".",
            description =
                    "Where each run makes a directory for the files of its servers. Default: the working directory.")
    private Path directory;

    @Option(names = "--keep", description = "Keep data and logs of the servers.")
    private boolean keep;

    @Option(names = "--heap", defaultValue = "512m", description = "Heap of each server. Default: ${DEFAULT-VALUE}.")
    private String heap;

    @Option(names = "--jvm-arg", description = "One more option for each server JVM; may be repeated.")
    private List<String> jvmArgs = new ArrayList<>();

    /** Runs the benchmark and prints its table. */
    void measure(OperationKind kind) {
        PrintWriter err = spec.commandLine().getErr();
        try {
            Benchmark.Outcome outcome = new Benchmark(options(kind), line -> {
                        err.println(line);
                        err.flush();
                    })
                    .run();
            spec.commandLine().getOut().println(outcome.text());
            spec.commandLine().getOut().flush();
        } catch (ProcessFailedException | IOException e) {
            throw new CommandFailure(ExitCode.FAILED, e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.FAILED, "interrupted", e);
        }
    }

    private BenchOptions options(OperationKind kind) {
        if (!Files.isDirectory(directory)) {
            throw new ParameterException(spec.commandLine(), "--dir " + directory + " is not a directory");
        }
        try {
            Workload workload = new Workload(kind, mode, clients, outstanding, connections, valueBytes, pack, rate);
            List<String> serverArgs = new ArrayList<>(List.of("-Xmx" + heap));
            serverArgs.addAll(jvmArgs);
            return new BenchOptions(
                    system == null ? BenchSystems.all().get(0) : BenchSystems.named(system),
                    workload,
                    baseline ? Optional.of(baselineWorkload(workload)) : Optional.empty(),
                    rounds != null ? rounds : baseline ? BASELINE_ROUNDS : 1,
                    plan(),
                    directory.toAbsolutePath(),
                    keep,
                    serverArgs,
                    Optional.ofNullable(jsonFile),
                    Optional.ofNullable(htmlFile));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Workload baselineWorkload(Workload workload) {
        if (baselineClients == null) {
            return workload.packed(baselinePack);
        }
        int few = Math.min(connections, baselineClients);
        return new Workload(workload.kind(), mode, baselineClients, 1, few, valueBytes, baselinePack, rate);
    }

    private MeasurementPlan plan() {
        return new MeasurementPlan(
                INTERVAL,
                new SteadyRule(steadyWindows, 2, steadySpread),
                Duration.ofSeconds(minWarmupSeconds),
                Duration.ofSeconds(maxWarmupSeconds),
                Duration.ofSeconds(durationSeconds),
                DRAIN_TIMEOUT);
    }
}
