package io.quorate.cli.bench;

import io.quorate.cli.bench.measure.Contender;
import io.quorate.cli.bench.measure.IntervalStats;
import io.quorate.cli.bench.measure.MeasurementObserver;
import io.quorate.cli.bench.measure.RunResult;
import java.util.Locale;
import java.util.function.Consumer;

/** Tells a person who waits what a run does: each phase, and in a long one every few intervals how it goes. */
final class ProgressLines implements MeasurementObserver {
    private static final int INTERVALS_PER_LINE = 10;

    private final String run;
    private final int entriesPerRequest;
    private final Consumer<String> out;
    private int intervals;

    ProgressLines(String run, Contender contender, Consumer<String> out) {
        this.run = run;
        this.entriesPerRequest = contender.workload().entriesPerRequest();
        this.out = out;
    }

    void starting() {
        out.accept(run + ": starting servers");
    }

    @Override
    public void interval(IntervalStats stats, boolean warmup) {
        if (++intervals % INTERVALS_PER_LINE == 0) {
            say(
                    "%s %.0f s: %,.0f/s, p99 %.2f ms, %d errors",
                    warmup ? "warm-up" : "measured",
                    stats.endSeconds(),
                    stats.requestsPerSecond() * entriesPerRequest,
                    stats.p99Millis(),
                    stats.errors());
        }
    }

    @Override
    public void measuredTimeBegins(boolean steady, double spread, double warmupSeconds) {
        intervals = 0;
        String how =
                Double.isNaN(spread) ? "too short to tell" : String.format(Locale.ROOT, "spread %.0f %%", spread * 100);
        say("%s after %.0f s of warm-up (%s); measuring", steady ? "steady" : "NOT steady", warmupSeconds, how);
    }

    @Override
    public void measuredTimeEnds() {
        // What was measured follows as soon as the last operations have been answered.
    }

    void ended(RunResult result) {
        say(
                "%,.0f/s, p50 %.3f ms, p99 %.2f ms, max %.1f ms, %d errors",
                result.entriesPerSecond(),
                result.measured().latency().p50Millis(),
                result.measured().latency().p99Millis(),
                result.measured().latency().maxMillis(),
                result.measured().errorCount());
    }

    private void say(String format, Object... values) {
        out.accept(run + ": " + String.format(Locale.ROOT, format, values));
    }
}
