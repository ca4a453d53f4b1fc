package io.quorate.cli.bench.report;

import io.quorate.cli.bench.load.ErrorCount;
import io.quorate.cli.bench.measure.Comparison;
import io.quorate.cli.bench.measure.CpuMeter;
import io.quorate.cli.bench.measure.LatencySummary;
import io.quorate.cli.bench.measure.ProcessCpu;
import io.quorate.cli.bench.measure.RunResult;
import io.quorate.cli.bench.measure.SystemSummary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A comparison as one HTML page with charts, complete in itself. */
public final class HtmlReport {
    private static final String STYLE = "report.css";

    private final Comparison comparison;
    private final ReportHeader header;
    private final ReportCharts charts;
    private final Markup page = new Markup();

    private HtmlReport(Comparison comparison, ReportHeader header) {
        this.comparison = comparison;
        this.header = header;
        this.charts = new ReportCharts(comparison);
    }

    public static String of(Comparison comparison, ReportHeader header) {
        HtmlReport report = new HtmlReport(comparison, header);
        report.write();
        return "<!DOCTYPE html>\n" + report.page;
    }

    private void write() {
        SystemSummary subject = comparison.subject();
        page.open("html", "lang", "en", "xmlns", "http://www.w3.org/1999/xhtml");
        page.open("head").empty("meta", "charset", "utf-8");
        page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        page.empty("meta", "name", "color-scheme", "content", "light dark");
        page.element("title", "Quorate bench: " + subject.workload().kind().label());
        page.element("style", style()).close("head");
        page.open("body").open("main");
        page.element("h1", subject.system() + ": " + subject.workload().kind().label());
        page.element("p", Figures.workload(subject.workload()), "class", "lead");
        page.element(
                "p",
                header.startedAt() + " \u00b7 " + header.machine() + " \u00b7 " + header.storage(),
                "class",
                "muted");
        tiles(subject);
        cards(subject);
        runs();
        page.close("main").close("body").close("html");
    }

    private void tiles(SystemSummary subject) {
        page.open("section", "class", "tiles");
        tile(Figures.count(subject.entriesPerSecond()), "per second", "");
        comparison.ratioToBaseline().ifPresent(r -> tile(Figures.ratio(r), "of bare Ratis, defaults", ""));
        comparison.ratioToTuned().ifPresent(r -> tile(Figures.ratio(r), "of bare Ratis, tuned", ""));
        tile(Figures.millis(subject.latency(LatencySummary::p50Millis)), "ms, p50", "");
        tile(Figures.millis(subject.latency(LatencySummary::p99Millis)), "ms, p99", "");
        tile(Figures.millis(subject.maxMillis()), "ms, max", "");
        tile(Figures.count(subject.errorCount()), "errors", subject.errorCount() == 0 ? "" : " bad");
        tile(
                subject.steady() ? "steady" : "NOT steady",
                "after " + Figures.seconds(subject.warmupSeconds()) + " of warm-up",
                subject.steady() ? "" : " bad");
        page.close("section");
    }

    private void tile(String figure, String label, String more) {
        page.open("div", "class", "tile" + more);
        page.element("b", figure).element("span", label).close("div");
    }

    private void cards(SystemSummary subject) {
        List<String> systems =
                comparison.systems().stream().map(SystemSummary::system).toList();
        page.open("section", "class", "cards");
        card("Throughput", List.of(), charts.throughput());
        card("Latency", List.of(), charts.latency());
        card("Latency by percentile", systems, charts.percentiles());
        card("Throughput over time", systems, charts.throughputOverTime());
        for (SystemSummary system : comparison.systems()) {
            card(
                    "Latency over time: " + system.system(),
                    List.of("p50", "p99", "max"),
                    charts.latencyOverTime(system.typical()));
        }
        card("CPU", processes(subject.typical()), charts.cpu());
        page.close("section");
    }

    private static List<String> processes(RunResult run) {
        return ReportCharts.leaderFirst(run).stream()
                .map(p ->
                        p.name().equals(CpuMeter.SELF) ? p.name() : ReportCharts.leads(run, p) ? "leader" : "follower")
                .toList();
    }

    private void card(String title, List<String> legend, Markup chart) {
        page.open("figure").element("figcaption", title);
        if (legend.size() > 1) {
            page.open("p", "class", "legend");
            for (int i = 0; i < legend.size(); i++) {
                page.open("span", "class", ReportCharts.style(i)).open("i").close("i");
                page.text(legend.get(i)).close("span");
            }
            page.close("p");
        }
        page.add(chart).close("figure");
    }

    private void runs() {
        page.element("h2", "Runs").open("div", "class", "scroll").open("table");
        row(
                "th",
                List.of(
                        "system",
                        "round",
                        "per second",
                        "p50 ms",
                        "p90 ms",
                        "p99 ms",
                        "p99.9 ms",
                        "max ms",
                        "errors",
                        "warm-up",
                        "backlog",
                        "leader's cores",
                        "all cores",
                        "others' cores"));
        comparison.runs().forEach(run -> row("td", cells(run)));
        page.close("table").close("div").element("h2", "Systems").open("dl");
        for (SystemSummary system : comparison.systems()) {
            page.element("dt", system.system());
            page.element("dd", header.descriptionOf(system.system()));
            page.element("dd", Figures.workload(system.workload()));
        }
        page.close("dl");
        errors();
    }

    private static List<String> cells(RunResult run) {
        LatencySummary latency = run.measured().latency();
        Optional<ProcessCpu> leader = run.cpu().processes().stream()
                .filter(p -> ReportCharts.leads(run, p))
                .findFirst();
        List<String> cells = new ArrayList<>();
        cells.add(run.system());
        cells.add(String.valueOf(run.round()));
        cells.add(Figures.count(run.entriesPerSecond()));
        cells.add(Figures.millis(latency.p50Millis()));
        cells.add(Figures.millis(latency.p90Millis()));
        cells.add(Figures.millis(latency.p99Millis()));
        cells.add(Figures.millis(latency.p999Millis()));
        cells.add(Figures.millis(latency.maxMillis()));
        cells.add(Figures.count(run.measured().errorCount()));
        cells.add(Figures.seconds(run.measured().warmupSeconds())
                + (run.measured().steady() ? "" : ", NOT steady")
                + (run.leaderChanged() ? "; leader changed" : ""));
        cells.add(Figures.count(run.measured().maxBacklog()));
        cells.add(leader.map(p -> Figures.cores(p.cores())).orElse("?"));
        cells.add(Figures.cores(run.cpu().totalCores()));
        cells.add(
                run.cpu().otherCores().isPresent()
                        ? Figures.cores(run.cpu().otherCores().getAsDouble())
                        : "?");
        return cells;
    }

    private void row(String cell, List<String> texts) {
        page.open("tr");
        texts.forEach(text -> page.element(cell, text));
        page.close("tr");
    }

    private void errors() {
        if (comparison.runs().stream().allMatch(r -> r.measured().errorCount() == 0)) {
            return;
        }
        page.element("h2", "Errors").open("div", "class", "scroll").open("table");
        row("th", List.of("system", "round", "kind", "count", "the first"));
        for (RunResult run : comparison.runs()) {
            for (ErrorCount error : run.measured().errors()) {
                row(
                        "td",
                        List.of(
                                run.system(),
                                String.valueOf(run.round()),
                                error.kind(),
                                Figures.count(error.count()),
                                error.example()));
            }
        }
        page.close("table").close("div");
    }

    private static String style() {
        try (InputStream in = HtmlReport.class.getResourceAsStream(STYLE)) {
            if (in == null) {
                throw new IllegalStateException("resource " + STYLE + " is missing beside " + HtmlReport.class);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read resource " + STYLE, e);
        }
    }
}
