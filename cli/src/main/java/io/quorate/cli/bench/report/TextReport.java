package io.quorate.cli.bench.report;

import io.quorate.cli.bench.load.ErrorCount;
import io.quorate.cli.bench.measure.Comparison;
import io.quorate.cli.bench.measure.CpuSplit;
import io.quorate.cli.bench.measure.LatencySummary;
import io.quorate.cli.bench.measure.ProcessCpu;
import io.quorate.cli.bench.measure.RunResult;
import io.quorate.cli.bench.measure.SystemSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** A comparison as text for a terminal. */
public final class TextReport {
    /** Share of the machine above which the work of others is worth a warning. */
    private static final double BUSY_SHARE = 0.15;

    private static final List<String> HEAD =
            List.of("", "per second", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms", "max ms", "errors", "warm-up");

    private TextReport() {}

    public static String of(Comparison comparison, ReportHeader header) {
        StringBuilder text = new StringBuilder();
        for (SystemSummary system : comparison.systems()) {
            line(text, system.system() + ": " + header.descriptionOf(system.system()));
            line(text, "    " + system.workload().kind().label() + ", " + Figures.workload(system.workload()));
        }
        line(text, header.machine() + "; " + header.storage());
        line(text, "");
        line(text, table(rows(comparison)));
        ratio(text, comparison.ratioToBaseline(), "bare Ratis with its defaults");
        ratio(text, comparison.ratioToTuned(), "bare Ratis tuned");
        line(text, "");
        for (RunResult run : comparison.runs()) {
            line(text, "cpu cores, " + run.system() + " " + run.round() + ": " + cpu(run));
            for (ErrorCount error : run.measured().errors()) {
                line(
                        text,
                        "errors, " + run.system() + " " + run.round() + ": " + Figures.count(error.count()) + " "
                                + error.kind() + ", the first: " + error.example());
            }
            if (run.cpu().otherCores().orElse(0) > run.cpu().availableCores() * BUSY_SHARE) {
                line(
                        text,
                        "the machine was busy with other work meanwhile: only ratios of this comparison mean something");
            }
            if (run.leaderChanged()) {
                line(text, "the leader changed while " + run.system() + " " + run.round() + " was measured");
            }
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append('\n');
    }

    private static void ratio(StringBuilder text, OptionalDouble ratio, String of) {
        if (ratio.isPresent()) {
            line(text, Figures.ratio(ratio.getAsDouble()) + " the throughput of " + of);
        }
    }

    private static List<List<String>> rows(Comparison comparison) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        for (SystemSummary system : comparison.systems()) {
            for (RunResult run : system.runs()) {
                LatencySummary latency = run.measured().latency();
                rows.add(List.of(
                        run.system() + " " + run.round(),
                        Figures.count(run.entriesPerSecond()),
                        Figures.millis(latency.p50Millis()),
                        Figures.millis(latency.p90Millis()),
                        Figures.millis(latency.p99Millis()),
                        Figures.millis(latency.p999Millis()),
                        Figures.millis(latency.maxMillis()),
                        Figures.count(run.measured().errorCount()),
                        warmup(run)));
            }
            if (system.runs().size() > 1) {
                rows.add(List.of(
                        system.system() + " median",
                        Figures.count(system.entriesPerSecond()),
                        Figures.millis(system.latency(LatencySummary::p50Millis)),
                        Figures.millis(system.latency(LatencySummary::p90Millis)),
                        Figures.millis(system.latency(LatencySummary::p99Millis)),
                        Figures.millis(system.latency(LatencySummary::p999Millis)),
                        Figures.millis(system.maxMillis()),
                        Figures.count(system.errorCount()),
                        ""));
            }
        }
        return rows;
    }

    private static String warmup(RunResult run) {
        String seconds = Figures.seconds(run.measured().warmupSeconds());
        return seconds + (run.measured().steady() ? ", steady" : ", NOT steady");
    }

    private static String cpu(RunResult run) {
        CpuSplit cpu = run.cpu();
        String processes = cpu.processes().stream()
                .map(p -> label(run, p) + " " + Figures.cores(p.cores()) + " (" + Figures.percent(p.share()) + ")"
                        + memory(p))
                .collect(Collectors.joining(", "));
        String others = cpu.otherCores().isPresent()
                ? "; others " + Figures.cores(cpu.otherCores().getAsDouble())
                : "";
        return processes + "; together " + Figures.cores(cpu.totalCores()) + " of " + cpu.availableCores() + others;
    }

    static String label(RunResult run, ProcessCpu process) {
        return process.name() + (ReportCharts.leads(run, process) ? " leader" : "");
    }

    private static String memory(ProcessCpu process) {
        return process.residentBytes().isPresent()
                ? " " + (process.residentBytes().getAsLong() >> 20) + " MiB"
                : "";
    }

    /** Columns as wide as their widest cell; the first to the left, the others to the right. */
    private static String table(List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return rows.stream()
                .map(row -> {
                    StringBuilder line = new StringBuilder();
                    for (int i = 0; i < columns; i++) {
                        String pad = " ".repeat(widths[i] - row.get(i).length());
                        line.append(i == 0 ? row.get(i) + pad : "  " + pad + row.get(i));
                    }
                    return line.toString().stripTrailing();
                })
                .collect(Collectors.joining("\n"));
    }
}
