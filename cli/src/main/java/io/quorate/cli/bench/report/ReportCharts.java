package io.quorate.cli.bench.report;

import io.quorate.cli.bench.measure.Comparison;
import io.quorate.cli.bench.measure.IntervalStats;
import io.quorate.cli.bench.measure.LatencySummary;
import io.quorate.cli.bench.measure.PercentilePoint;
import io.quorate.cli.bench.measure.ProcessCpu;
import io.quorate.cli.bench.measure.RunResult;
import io.quorate.cli.bench.measure.SystemSummary;
import io.quorate.cli.bench.report.LineChart.Axis;
import io.quorate.cli.bench.report.LineChart.Line;
import io.quorate.cli.bench.report.LineChart.Point;
import io.quorate.cli.bench.report.RowChart.Bar;
import io.quorate.cli.bench.report.RowChart.Mark;
import io.quorate.cli.bench.report.RowChart.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** The charts of a comparison. Each system keeps its colour in all of them. */
final class ReportCharts {
    private static final int COLOURS = 6;

    private final Comparison comparison;

    ReportCharts(Comparison comparison) {
        this.comparison = comparison;
    }

    /** Style of the nth system, process or figure. */
    static String style(int index) {
        return "c" + index % COLOURS;
    }

    Markup throughput() {
        List<Row> rows = new ArrayList<>();
        double max = 0;
        for (SystemSummary system : comparison.systems()) {
            String style = style(rows.size());
            List<Mark> marks = new ArrayList<>();
            for (RunResult run : system.runs()) {
                max = Math.max(max, run.entriesPerSecond());
                marks.add(new Mark(
                        run.entriesPerSecond(),
                        style,
                        "run " + run.round() + ": " + Figures.count(run.entriesPerSecond()) + "/s"));
            }
            String value = Figures.count(system.entriesPerSecond());
            Bar bar = new Bar(0, system.entriesPerSecond(), style, false, "median " + value + "/s");
            rows.add(new Row(system.system(), value, List.of(bar), marks));
        }
        return new RowChart(
                        "Throughput by system",
                        Scale.linear(0, max),
                        "per second; bar: median, dots: runs",
                        Figures::count,
                        rows)
                .markup();
    }

    Markup latency() {
        List<Row> rows = new ArrayList<>();
        List<Double> all = new ArrayList<>();
        for (SystemSummary system : comparison.systems()) {
            String style = style(rows.size());
            double p50 = system.latency(LatencySummary::p50Millis);
            double max = system.maxMillis();
            List<Mark> marks = List.of(
                    mark("p50", p50, style),
                    mark("p90", system.latency(LatencySummary::p90Millis), style),
                    mark("p99", system.latency(LatencySummary::p99Millis), style),
                    mark("p99.9", system.latency(LatencySummary::p999Millis), style),
                    mark("max", max, style));
            all.add(p50);
            all.add(max);
            rows.add(new Row(
                    system.system(),
                    Figures.millis(p50) + " ms",
                    List.of(new Bar(p50, max, style, true, "p50 to max")),
                    marks));
        }
        return new RowChart(
                        "Latency by system",
                        logScale(all),
                        "ms, logarithmic; dots: p50, p90, p99, p99.9, max",
                        Figures::millis,
                        rows)
                .markup();
    }

    private static Mark mark(String name, double millis, String style) {
        return new Mark(millis, style, name + ": " + Figures.millis(millis) + " ms");
    }

    Markup percentiles() {
        List<Line> lines = new ArrayList<>();
        for (SystemSummary system : comparison.systems()) {
            List<PercentilePoint> curve = system.typical().measured().latency().curve();
            lines.add(new Line(
                    system.system(),
                    style(lines.size()),
                    curve.stream()
                            .map(p -> new Point(p.percentile(), p.millis()))
                            .toList()));
        }
        double maxPercentile = points(lines).mapToDouble(Point::x).max().orElse(99);
        return new LineChart(
                        "Latency by percentile",
                        new Axis(Scale.nines(maxPercentile), "percentile", ReportCharts::percentile),
                        new Axis(logScale(points(lines).map(Point::y).toList()), "ms, logarithmic", Figures::millis),
                        lines,
                        Double.NaN)
                .markup();
    }

    private static String percentile(double percentile) {
        String text = String.format(Locale.ROOT, "%.3f", percentile);
        return "p" + text.replaceAll("\\.?0+$", "");
    }

    Markup throughputOverTime() {
        List<Line> lines = new ArrayList<>();
        for (SystemSummary system : comparison.systems()) {
            RunResult run = system.typical();
            int entries = run.workload().entriesPerRequest();
            lines.add(new Line(
                    system.system(), style(lines.size()), overTime(run, s -> s.requestsPerSecond() * entries)));
        }
        double max = points(lines).mapToDouble(Point::y).max().orElse(1);
        return new LineChart(
                        "Throughput over time",
                        timeAxis(lines),
                        new Axis(Scale.linear(0, max), "per second", Figures::count),
                        lines,
                        0)
                .markup();
    }

    Markup latencyOverTime(RunResult run) {
        List<Line> lines = List.of(
                new Line("p50", style(0), overTime(run, IntervalStats::p50Millis)),
                new Line("p99", style(1), overTime(run, IntervalStats::p99Millis)),
                new Line("max", style(2), overTime(run, IntervalStats::maxMillis)));
        return new LineChart(
                        "Latency over time",
                        timeAxis(lines),
                        new Axis(logScale(points(lines).map(Point::y).toList()), "ms, logarithmic", Figures::millis),
                        lines,
                        0)
                .markup();
    }

    private static List<Point> overTime(RunResult run, ToDoubleFunction<IntervalStats> figure) {
        return Stream.concat(run.measured().warmupSeries().stream(), run.measured().series().stream())
                .map(s -> new Point(s.endSeconds(), figure.applyAsDouble(s)))
                .toList();
    }

    private static Axis timeAxis(List<Line> lines) {
        double first = points(lines).mapToDouble(Point::x).min().orElse(0);
        double last = points(lines).mapToDouble(Point::x).max().orElse(1);
        return new Axis(Scale.exact(first, last), "seconds of measured time", t -> Figures.seconds(t));
    }

    Markup cpu() {
        List<Row> rows = new ArrayList<>();
        double max = 1;
        for (SystemSummary system : comparison.systems()) {
            RunResult run = system.typical();
            List<Bar> bars = new ArrayList<>();
            double from = 0;
            for (ProcessCpu process : leaderFirst(run)) {
                String name = TextReport.label(run, process) + ": " + Figures.cores(process.cores()) + " cores, "
                        + Figures.percent(process.share());
                bars.add(new Bar(from, from + process.cores(), style(bars.size()), false, name));
                from += process.cores();
            }
            max = DoubleStream.of(max, from, run.cpu().availableCores()).max().orElseThrow();
            rows.add(new Row(system.system(), Figures.cores(from) + " cores", bars, List.of()));
        }
        return new RowChart(
                        "CPU time by process",
                        Scale.linear(0, max),
                        "cores; point at a part for its process",
                        Figures::cores,
                        rows)
                .markup();
    }

    /** So that a colour stands for the same part in every row: leader, followers, load generator. */
    static List<ProcessCpu> leaderFirst(RunResult run) {
        return run.cpu().processes().stream()
                .sorted(Comparator.comparing(p -> !leads(run, p)))
                .toList();
    }

    static boolean leads(RunResult run, ProcessCpu process) {
        return run.leaderAtEnd().filter(process.name()::equals).isPresent();
    }

    private static Stream<Point> points(List<Line> lines) {
        return lines.stream().flatMap(l -> l.points().stream());
    }

    /** A run without answers has latencies of 0, which a logarithmic axis cannot show: they are cut to its low end. */
    private static Scale logScale(List<Double> values) {
        double min =
                values.stream().filter(v -> v > 0).mapToDouble(v -> v).min().orElse(0.1);
        double max = values.stream().mapToDouble(v -> v).max().orElse(1);
        return Scale.log(min, max);
    }
}
