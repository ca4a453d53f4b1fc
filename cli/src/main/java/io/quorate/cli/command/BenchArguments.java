package io.quorate.cli.command;

import io.quorate.cli.bench.BenchOptions;
import io.quorate.cli.bench.BenchSystems;
import io.quorate.cli.bench.Benchmark;
import io.quorate.cli.bench.load.LoadMode;
import io.quorate.cli.bench.load.OperationKind;
import io.quorate.cli.bench.load.Workload;
import io.quorate.cli.bench.measure.MeasurementPlan;
import io.quorate.cli.bench.measure.SteadyRule;
import io.quorate.cli.bench.quorate.Quorate;
import io.quorate.cli.bench.quorate.QuorateSetup;
import io.quorate.cli.bench.system.SystemUnderTest;
import io.quorate.cli.node.DurationText;
import io.quorate.cli.node.Preset;
import io.quorate.cli.process.ProcessFailedException;
import io.quorate.statemachine.client.ReadPreference;
import io.quorate.wal.log.ReadConsistency;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Options of the benchmarks, and the step from them to {@link BenchOptions}. A mixin. */
final class BenchArguments {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(35);
    private static final int BASELINE_ROUNDS = 2;
    private static final String STANDARD_OUTPUT = "-";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--clients",
            defaultValue = "64",
            converter = Converters.Count.class,
            description = "Writers or readers. Default: ${DEFAULT-VALUE} clients.")
    private int clients;

    @Option(
            names = "--outstanding",
            defaultValue = "1",
            converter = Converters.Count.class,
            description = "Operations that each client has open at once. Default: ${DEFAULT-VALUE} operation.")
    private int outstanding;

    @Option(
            names = "--connections",
            defaultValue = "1",
            converter = Converters.Count.class,
            description =
                    "Connections that the clients share; as many as clients: one each. Default: ${DEFAULT-VALUE} connection.")
    private int connections;

    @Option(
            names = "--value-bytes",
            defaultValue = "256",
            converter = Converters.Size.class,
            description = "Size of an entry's value. Default: ${DEFAULT-VALUE} bytes.")
    private int valueBytes;

    @Option(
            names = "--mode",
            defaultValue = "closed",
            description =
                    "closed: the next operation begins when one was answered; blocking: the same with a waiting thread for"
                            + " each; open: at --rate, latency counted from when an operation was due. Default: ${DEFAULT-VALUE}.")
    private LoadMode mode;

    @Option(
            names = "--rate",
            converter = Converters.Rate.class,
            description = "Arrivals per second, with --mode open, which needs it. Default: none.")
    private Double rate;

    @Option(
            names = "--duration",
            defaultValue = "20s",
            converter = Converters.Time.class,
            description = "How long to measure; a bare number is seconds. Default: ${DEFAULT-VALUE}.")
    private Duration duration;

    @Option(
            names = "--warmup-min",
            defaultValue = "5s",
            converter = Converters.TimeOrNone.class,
            description = "How long to warm up at least; a bare number is seconds. Default: ${DEFAULT-VALUE}.")
    private Duration minWarmup;

    @Option(
            names = "--warmup-max",
            defaultValue = "90s",
            converter = Converters.TimeOrNone.class,
            description =
                    "After how long to measure though it is not steady; a bare number is seconds. Default: ${DEFAULT-VALUE}.")
    private Duration maxWarmup;

    @Option(
            names = "--steady-windows",
            defaultValue = "5",
            converter = Converters.Count.class,
            description = "Windows of two seconds that must agree for steady. Default: ${DEFAULT-VALUE} windows.")
    private int steadyWindows;

    @Option(
            names = "--steady-spread",
            defaultValue = "0.10",
            converter = Converters.Fraction.class,
            description =
                    "Relative spread of their throughput that counts as agreement, up to 1. Default: ${DEFAULT-VALUE} of the mean.")
    private double steadySpread;

    @Option(
            names = "--system",
            paramLabel = "NAME",
            defaultValue = "quorate",
            converter = SystemConverter.class,
            description =
                    "What to measure: quorate, ratis-defaults or ratis-tuned; 'quorate bench --help' says what they are."
                            + " Default: ${DEFAULT-VALUE}.")
    private SystemUnderTest system;

    @Option(
            names = "--shards",
            defaultValue = "1",
            converter = Converters.Count.class,
            description =
                    "Shards of quorate over which the load is spread, up to 1000; rates are those of all together."
                            + " Default: ${DEFAULT-VALUE} shard.")
    private int shards;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            defaultValue = "lan",
            description =
                    "Settings of quorate's nodes: lan, or many-shards for dozens of them. Default: ${DEFAULT-VALUE}.")
    private Preset preset;

    @Option(
            names = "--baseline",
            description = "Measure ratis-defaults and ratis-tuned in turn with it, and print the ratios.")
    private boolean baseline;

    @Option(
            names = "--rounds",
            converter = Converters.Count.class,
            description = "How often each system is measured, up to 1000. Default: 1 round, or " + BASELINE_ROUNDS
                    + " with --baseline.")
    private Integer rounds;

    @Option(
            names = "--baseline-pack",
            defaultValue = "1",
            converter = Converters.Count.class,
            description = "Entries packed into each append of bare Ratis. Default: ${DEFAULT-VALUE} entry.")
    private int baselinePack;

    @Option(
            names = "--baseline-clients",
            converter = Converters.Count.class,
            description = "Clients of bare Ratis, one outstanding each. Default: the same clients and outstanding.")
    private Integer baselineClients;

    @Option(
            names = "--pack",
            defaultValue = "1",
            converter = Converters.Count.class,
            description = "Entries packed into one value by the caller. Default: ${DEFAULT-VALUE} entry.")
    private int pack;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            arity = "0..1",
            fallbackValue = STANDARD_OUTPUT,
            converter = Converters.OutputFile.class,
            description = "Print one JSON object instead of the table, or write it to a file. Default: only the table.")
    private Path jsonFile;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            converter = Converters.OutputFile.class,
            description = "Write a page with charts to this file. Default: none is written.")
    private Path htmlFile;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = ".",
            converter = Converters.Directory.class,
            description =
                    "Where each run makes a directory for the files of its servers. Default: the working directory.")
    private Path directory;

    @Option(names = "--keep", description = "Keep data and logs of the servers.")
    private boolean keep;

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            defaultValue = "512m",
            converter = Converters.Heap.class,
            description = "Heap of each server, for example 512m or 2g. Default: ${DEFAULT-VALUE}.")
    private String heap;

    @Option(
            names = "--jvm-arg",
            paramLabel = "ARG",
            converter = Converters.Text.class,
            description = "One more option for each server JVM; may be repeated. Default: none.")
    private List<String> jvmArgs = new ArrayList<>();

    /** Appends, and prints its table. */
    void measureAppends() {
        measure(OperationKind.APPEND, ReadConsistency.LINEARIZABLE, ReadPreference.PRIMARY);
    }

    /** Reads, and prints its table. */
    void measureReads(ReadConsistency consistency, ReadPreference preference) {
        measure(OperationKind.READ, consistency, preference);
    }

    private void measure(OperationKind kind, ReadConsistency consistency, ReadPreference preference) {
        PrintWriter err = spec.commandLine().getErr();
        try {
            Benchmark.Outcome outcome = new Benchmark(options(kind, consistency, preference), line -> {
                        err.println(line);
                        err.flush();
                    })
                    .run();
            spec.commandLine().getOut().println(printsJson() ? outcome.json() : outcome.text());
            spec.commandLine().getOut().flush();
        } catch (ProcessFailedException | IOException e) {
            throw Failures.known(e).orElseThrow();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.FAILED, "interrupted", e);
        }
    }

    BenchOptions options(OperationKind kind, ReadConsistency consistency, ReadPreference preference) {
        check();
        try {
            QuorateSetup setup = new QuorateSetup(shards, preset, consistency, preference);
            boolean quorate = system.name().equals(BenchSystems.quorate().name());
            refuse(
                    !quorate && !setup.equals(QuorateSetup.DEFAULT),
                    "--shards, --preset, --consistency and --read-from go with --system quorate");
            Workload workload =
                    new Workload(kind, mode, clients, outstanding, connections, valueBytes, pack, arrivals());
            List<String> serverArgs = new ArrayList<>(List.of("-Xmx" + heap));
            serverArgs.addAll(jvmArgs);
            return new BenchOptions(
                    quorate ? new Quorate(setup) : system,
                    workload,
                    baseline ? Optional.of(baselineWorkload(workload)) : Optional.empty(),
                    rounds != null ? rounds : baseline ? BASELINE_ROUNDS : 1,
                    plan(),
                    directory.toAbsolutePath(),
                    keep,
                    serverArgs,
                    printsJson() ? Optional.empty() : Optional.ofNullable(jsonFile),
                    Optional.ofNullable(htmlFile));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** What options say together; each by itself was checked before. */
    private void check() {
        refuse(connections > clients, "--connections " + connections + " is more than --clients " + clients);
        refuse(mode == LoadMode.OPEN && rate == null, "--mode open needs --rate: an open loop needs a rate above 0");
        refuse(
                mode != LoadMode.OPEN && rate != null,
                "--rate goes with --mode open: only an open loop needs a rate above 0");
        refuse(
                minWarmup.compareTo(maxWarmup) > 0,
                "--warmup-min " + DurationText.format(minWarmup) + " is more than --warmup-max "
                        + DurationText.format(maxWarmup));
    }

    private void refuse(boolean wrong, String message) {
        if (wrong) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private boolean printsJson() {
        return jsonFile != null && jsonFile.toString().equals(STANDARD_OUTPUT);
    }

    private double arrivals() {
        return rate == null ? 0 : rate;
    }

    private Workload baselineWorkload(Workload workload) {
        if (baselineClients == null) {
            return workload.packed(baselinePack);
        }
        int few = Math.min(connections, baselineClients);
        return new Workload(workload.kind(), mode, baselineClients, 1, few, valueBytes, baselinePack, arrivals());
    }

    private MeasurementPlan plan() {
        return new MeasurementPlan(
                INTERVAL,
                new SteadyRule(steadyWindows, 2, steadySpread),
                minWarmup,
                maxWarmup,
                duration,
                DRAIN_TIMEOUT);
    }

    /** Reads the name of a system. */
    static final class SystemConverter implements ITypeConverter<SystemUnderTest> {
        @Override
        public SystemUnderTest convert(String text) {
            try {
                return BenchSystems.named(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
