package io.quorate.cli.bench.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.cli.bench.load.ErrorCount;
import io.quorate.cli.bench.load.OperationKind;
import io.quorate.cli.bench.load.Workload;
import io.quorate.cli.bench.measure.Comparison;
import io.quorate.cli.bench.measure.CpuSplit;
import io.quorate.cli.bench.measure.IntervalStats;
import io.quorate.cli.bench.measure.LatencySummary;
import io.quorate.cli.bench.measure.MeasuredRun;
import io.quorate.cli.bench.measure.ProcessCpu;
import io.quorate.cli.bench.measure.RunResult;
import io.quorate.cli.bench.measure.SystemSummary;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A comparison as one JSON object.
 *
 * <p>At the top stand the figures of the system that is judged: medians over its runs, {@code maxMillis} the largest,
 * {@code errors} the sum, {@code cpu} and {@code series} those of its typical run. {@code systems} has the same for each system and
 * {@code runs} each single run. {@code ratioToBaseline} and {@code ratioToTuned} are there when those systems were
 * measured. Field names are stable; new ones may come.
 */
public final class JsonReport {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int SCHEMA_VERSION = 1;

    private JsonReport() {}

    public static ObjectNode of(Comparison comparison, ReportHeader header) {
        ObjectNode root = JSON.objectNode();
        root.put("schemaVersion", SCHEMA_VERSION);
        root.put("startedAt", header.startedAt().toString());
        root.put("machine", header.machine());
        root.put("storage", header.storage());
        root.setAll(summary(comparison.subject(), header));
        comparison.ratioToBaseline().ifPresent(ratio -> root.put("ratioToBaseline", rounded(ratio)));
        comparison.ratioToTuned().ifPresent(ratio -> root.put("ratioToTuned", rounded(ratio)));
        RunResult typical = comparison.subject().typical();
        root.set("errorsByKind", errors(typical.measured().errors()));
        root.set("cpu", cpu(typical.cpu()));
        root.set("warmupSeries", series(typical, typical.measured().warmupSeries()));
        root.set("series", series(typical, typical.measured().series()));
        ArrayNode systems = root.putArray("systems");
        comparison.systems().forEach(system -> systems.add(summary(system, header)));
        ArrayNode runs = root.putArray("runs");
        comparison.runs().forEach(run -> runs.add(run(run)));
        return root;
    }

    private static ObjectNode summary(SystemSummary system, ReportHeader header) {
        ObjectNode node = JSON.objectNode();
        node.put("system", system.system());
        node.put("role", system.role().name().toLowerCase(Locale.ROOT));
        node.put("description", header.descriptionOf(system.system()));
        header.settings().getOrDefault(system.system(), Map.of()).forEach(node.putObject("settings")::put);
        workload(node, system.workload());
        rates(node, system.workload(), system.entriesPerSecond(), system.requestsPerSecond());
        node.put("meanMillis", rounded(system.latency(LatencySummary::meanMillis)));
        node.put("p50Millis", rounded(system.latency(LatencySummary::p50Millis)));
        node.put("p90Millis", rounded(system.latency(LatencySummary::p90Millis)));
        node.put("p99Millis", rounded(system.latency(LatencySummary::p99Millis)));
        node.put("p999Millis", rounded(system.latency(LatencySummary::p999Millis)));
        node.put("maxMillis", rounded(system.maxMillis()));
        node.put("errors", system.errorCount());
        node.put("steady", system.steady());
        node.put("warmupSeconds", rounded(system.warmupSeconds()));
        node.put("measuredSeconds", rounded(system.typical().measured().measuredSeconds()));
        node.put("rounds", system.runs().size());
        return node;
    }

    private static ObjectNode run(RunResult run) {
        MeasuredRun measured = run.measured();
        LatencySummary latency = measured.latency();
        ObjectNode node = JSON.objectNode();
        node.put("system", run.system());
        node.put("role", run.role().name().toLowerCase(Locale.ROOT));
        node.put("round", run.round());
        workload(node, run.workload());
        rates(node, run.workload(), run.entriesPerSecond(), measured.requestsPerSecond());
        node.put("count", latency.count());
        node.put("meanMillis", rounded(latency.meanMillis()));
        node.put("p50Millis", rounded(latency.p50Millis()));
        node.put("p90Millis", rounded(latency.p90Millis()));
        node.put("p99Millis", rounded(latency.p99Millis()));
        node.put("p999Millis", rounded(latency.p999Millis()));
        node.put("maxMillis", rounded(latency.maxMillis()));
        node.put("errors", measured.errorCount());
        node.set("errorsByKind", errors(measured.errors()));
        node.put("steady", measured.steady());
        if (!Double.isNaN(measured.spread())) {
            node.put("warmupSpread", rounded(measured.spread()));
        }
        node.put("warmupSeconds", rounded(measured.warmupSeconds()));
        node.put("measuredSeconds", rounded(measured.measuredSeconds()));
        node.put("maxBacklog", measured.maxBacklog());
        run.leaderAtEnd().ifPresent(leader -> node.put("leader", leader));
        node.put("leaderChanged", run.leaderChanged());
        node.set("cpu", cpu(run.cpu()));
        node.set("percentiles", percentiles(latency));
        node.set("warmupSeries", series(run, measured.warmupSeries()));
        node.set("series", series(run, measured.series()));
        return node;
    }

    private static void workload(ObjectNode node, Workload workload) {
        node.put("operation", workload.kind().label());
        node.put("mode", workload.mode().label());
        node.put("clients", workload.clients());
        node.put("outstanding", workload.outstanding());
        node.put("connections", workload.connections());
        node.put("valueBytes", workload.valueBytes());
        node.put("entriesPerRequest", workload.entriesPerRequest());
        if (workload.requestsPerSecond() > 0) {
            node.put("arrivalsPerSecond", workload.requestsPerSecond());
        }
    }

    private static void rates(ObjectNode node, Workload workload, double entries, double requests) {
        boolean appends = workload.kind() == OperationKind.APPEND;
        node.put("appendsPerSecond", appends ? rounded(entries) : 0);
        node.put("readsPerSecond", appends ? 0 : rounded(entries));
        node.put("requestsPerSecond", rounded(requests));
    }

    private static ObjectNode errors(List<ErrorCount> errors) {
        ObjectNode node = JSON.objectNode();
        errors.forEach(e -> node.putObject(e.kind()).put("count", e.count()).put("example", e.example()));
        return node;
    }

    private static ObjectNode cpu(CpuSplit cpu) {
        ObjectNode node = JSON.objectNode();
        node.put("availableCores", cpu.availableCores());
        node.put("totalCores", rounded(cpu.totalCores()));
        cpu.otherCores().ifPresent(cores -> node.put("otherCores", rounded(cores)));
        ArrayNode processes = node.putArray("processes");
        for (ProcessCpu process : cpu.processes()) {
            ObjectNode one = processes.addObject();
            one.put("name", process.name());
            one.put("cores", rounded(process.cores()));
            one.put("share", rounded(process.share()));
            process.residentBytesAtStart().ifPresent(bytes -> one.put("residentBytesAtStart", bytes));
            process.residentBytes().ifPresent(bytes -> one.put("residentBytes", bytes));
        }
        return node;
    }

    private static ArrayNode percentiles(LatencySummary latency) {
        ArrayNode node = JSON.arrayNode();
        latency.curve()
                .forEach(p -> node.addObject().put("percentile", p.percentile()).put("millis", rounded(p.millis())));
        return node;
    }

    private static ArrayNode series(RunResult run, List<IntervalStats> series) {
        ArrayNode node = JSON.arrayNode();
        for (IntervalStats stats : series) {
            ObjectNode point = node.addObject();
            point.put("endSeconds", rounded(stats.endSeconds()));
            rates(
                    point,
                    run.workload(),
                    stats.requestsPerSecond() * run.workload().entriesPerRequest(),
                    stats.requestsPerSecond());
            point.put("p50Millis", rounded(stats.p50Millis()));
            point.put("p99Millis", rounded(stats.p99Millis()));
            point.put("maxMillis", rounded(stats.maxMillis()));
            point.put("errors", stats.errors());
            point.put("backlog", stats.backlog());
        }
        return node;
    }

    /** Four decimals: more would be noise. */
    private static double rounded(double value) {
        return Math.round(value * 10_000) / 10_000.0;
    }
}
