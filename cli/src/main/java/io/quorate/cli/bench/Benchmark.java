package io.quorate.cli.bench;

import io.quorate.cli.bench.measure.Alternation;
import io.quorate.cli.bench.measure.Comparison;
import io.quorate.cli.bench.measure.Contender;
import io.quorate.cli.bench.measure.ContenderRun;
import io.quorate.cli.bench.measure.RunResult;
import io.quorate.cli.bench.report.HtmlReport;
import io.quorate.cli.bench.report.JsonReport;
import io.quorate.cli.bench.report.ReportHeader;
import io.quorate.cli.bench.report.TextReport;
import io.quorate.cli.bench.system.LaunchSettings;
import io.quorate.cli.bench.system.SystemUnderTest;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Runs a benchmark as its options say and writes its reports. */
public final class Benchmark {
    private final BenchOptions options;
    private final Consumer<String> progress;

    /** Progress is given line by line, on the thread that runs the benchmark. */
    public Benchmark(BenchOptions options, Consumer<String> progress) {
        this.options = options;
        this.progress = progress;
    }

    /** What was measured, and the same as text for people and as one JSON object. */
    public record Outcome(Comparison comparison, String text, String json) {}

    /**
     * Measures everything, writes the files asked for, and leaves nothing running.
     *
     * @throws IOException when a server cannot be started or a file cannot be written
     */
    public Outcome run() throws IOException, InterruptedException {
        for (Optional<Path> file : List.of(options.jsonFile(), options.htmlFile())) {
            if (file.isPresent()
                    && !Files.isDirectory(file.get().toAbsolutePath().getParent())) {
                throw new IOException("no directory for the report " + file.get());
            }
        }
        ReportHeader header = header();
        return report(Comparison.of(measure()), header);
    }

    private List<RunResult> measure() throws IOException, InterruptedException {
        List<Contender> contenders = options.contenders();
        int total = contenders.size() * options.rounds();
        int[] number = {0};
        return Alternation.run(contenders, options.rounds(), (contender, round) -> {
            String name = contender.system().name();
            ProgressLines lines =
                    new ProgressLines("[" + ++number[0] + "/" + total + "] " + name + " " + round, contender, progress);
            lines.starting();
            ContenderRun run = new ContenderRun(options.plan(), lines);
            // The process id keeps two benchmarks in one directory apart.
            String files = "bench-" + name + "-" + round + "-"
                    + ProcessHandle.current().pid();
            LaunchSettings settings = new LaunchSettings(
                    options.directory().resolve(files), options.keepFiles(), options.serverJvmArgs());
            RunResult result = run.run(contender, round, settings);
            lines.ended(result);
            return result;
        });
    }

    private Outcome report(Comparison comparison, ReportHeader header) throws IOException {
        String json = JsonReport.of(comparison, header).toString();
        if (options.jsonFile().isPresent()) {
            Files.writeString(options.jsonFile().get(), json + "\n");
        }
        if (options.htmlFile().isPresent()) {
            Files.writeString(options.htmlFile().get(), HtmlReport.of(comparison, header));
        }
        return new Outcome(comparison, TextReport.of(comparison, header), json);
    }

    private ReportHeader header() throws IOException {
        FileStore store = Files.getFileStore(options.directory());
        boolean inMemory = store.type().equals("tmpfs") || store.type().equals("ramfs");
        String storage = "data on " + store.type() + (inMemory ? ", IN MEMORY: fsync costs nothing here" : "");
        String machine = System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                + Runtime.getRuntime().availableProcessors() + " cores, Java " + System.getProperty("java.version");
        Map<String, String> descriptions = new TreeMap<>();
        Map<String, Map<String, String>> settings = new TreeMap<>();
        for (Contender contender : options.contenders()) {
            SystemUnderTest system = contender.system();
            descriptions.put(system.name(), system.description());
            settings.put(system.name(), system.settings());
        }
        return new ReportHeader(Instant.now(), machine, storage, descriptions, settings);
    }
}
