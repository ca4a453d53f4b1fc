package io.quorate.cli.bench.measure;

import io.quorate.cli.bench.load.ErrorCount;
import io.quorate.cli.bench.load.Interval;
import io.quorate.cli.bench.load.LoadClock;
import io.quorate.cli.bench.load.LoadGenerator;
import io.quorate.cli.bench.load.LoadRecorder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/**
 * Conducts one run: starts the load, watches it until it is steady, measures, stops it and waits for the last answers.
 *
 * <p>The load never pauses between warm-up and measured time. One use, one thread.
 */
public final class Measurement {
    private static final Duration DRAIN_POLL = Duration.ofMillis(5);

    private final MeasurementPlan plan;
    private final LoadClock clock;
    private final MeasurementObserver observer;
    private final LoadRecorder recorder;
    private final LoadGenerator generator;

    /** The function makes the generator that records into the recorder it is given. */
    public Measurement(
            MeasurementPlan plan,
            LoadClock clock,
            Function<LoadRecorder, LoadGenerator> generator,
            MeasurementObserver observer) {
        this.plan = plan;
        this.clock = clock;
        this.observer = observer;
        this.recorder = new LoadRecorder(clock.nanoTime());
        this.generator = generator.apply(recorder);
    }

    /** Runs all phases and returns when every operation has an outcome or was given up. */
    public MeasuredRun run() throws InterruptedException {
        long start = clock.nanoTime();
        generator.start();
        SteadyDetector detector = new SteadyDetector(plan.steady());
        List<Sample> warmup = warmUp(start, detector);
        long begin = clock.nanoTime();
        observer.measuredTimeBegins(detector.isSteady(), detector.spread().orElse(Double.NaN), (begin - start) / 1e9);
        List<Sample> measured = measure(begin);
        long end = clock.nanoTime();
        generator.stop();
        observer.measuredTimeEnds();
        Interval drained = drain();
        return summary(start, begin, end, detector, warmup, measured, drained);
    }

    private record Sample(Interval interval, long backlog) {
        IntervalStats stats(long originNanos) {
            return IntervalStats.of(interval, originNanos, backlog);
        }
    }

    private Sample next(long atNanos) throws InterruptedException {
        clock.sleepUntil(atNanos);
        long backlog = generator.backlog();
        return new Sample(recorder.take(clock.nanoTime()), backlog);
    }

    private List<Sample> warmUp(long start, SteadyDetector detector) throws InterruptedException {
        List<Sample> samples = new ArrayList<>();
        long step = plan.interval().toNanos();
        long elapsed = 0;
        while (elapsed < plan.maxWarmup().toNanos()
                && !(elapsed >= plan.minWarmup().toNanos() && detector.isSteady())) {
            Sample sample = next(start + (samples.size() + 1) * step);
            samples.add(sample);
            detector.add(sample.interval().requestsPerSecond());
            observer.interval(sample.stats(start), true);
            elapsed = clock.nanoTime() - start;
        }
        return samples;
    }

    private List<Sample> measure(long begin) throws InterruptedException {
        List<Sample> samples = new ArrayList<>();
        for (int i = 1; i <= plan.measuredIntervals(); i++) {
            Sample sample = next(begin + i * plan.interval().toNanos());
            samples.add(sample);
            observer.interval(sample.stats(begin), false);
        }
        return samples;
    }

    private Interval drain() throws InterruptedException {
        long deadline = clock.nanoTime() + plan.drainTimeout().toNanos();
        while (generator.unfinished() > 0 && clock.nanoTime() < deadline) {
            clock.sleepUntil(Math.min(deadline, clock.nanoTime() + DRAIN_POLL.toNanos()));
        }
        recorder.unanswered(generator.abandon());
        return recorder.take(clock.nanoTime());
    }

    private static MeasuredRun summary(
            long start,
            long begin,
            long end,
            SteadyDetector detector,
            List<Sample> warmup,
            List<Sample> measured,
            Interval drained) {
        Histogram latencies = drained.latencies();
        Map<String, ErrorCount> errors = new TreeMap<>();
        drained.errors().forEach(e -> errors.merge(e.kind(), e, ErrorCount::plus));
        long answered = 0;
        long maxBacklog = 0;
        for (Sample sample : measured) {
            answered += sample.interval().latencies().getTotalCount();
            latencies.add(sample.interval().latencies());
            sample.interval().errors().forEach(e -> errors.merge(e.kind(), e, ErrorCount::plus));
            maxBacklog = Math.max(maxBacklog, sample.backlog());
        }
        double seconds = (end - begin) / 1e9;
        return new MeasuredRun(
                answered / seconds,
                LatencySummary.of(latencies),
                List.copyOf(errors.values()),
                detector.isSteady(),
                detector.spread().orElse(Double.NaN),
                (begin - start) / 1e9,
                seconds,
                maxBacklog,
                warmup.stream().map(s -> s.stats(begin)).toList(),
                measured.stream().map(s -> s.stats(begin)).toList());
    }
}
