package io.quorate.cli.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Recorder;

/**
 * Takes what happened to each operation and hands it out interval by interval; nothing is lost or counted twice between two.
 *
 * <p>Latencies keep three significant digits; one above an hour counts as an hour. Recording is wait-free for successes.
 * Safe for use by several threads.
 */
public final class LoadRecorder {
    private static final long MAX_LATENCY_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int DIGITS = 3;
    /** Kinds told apart; a failure of a further kind counts under {@link #OTHER}. */
    private static final int MAX_KINDS = 32;

    private static final String OTHER = "Other";

    private final Recorder latencies = new Recorder(MAX_LATENCY_NANOS, DIGITS);
    private final Object errorLock = new Object();
    private Map<String, ErrorCount> errors = new TreeMap<>();
    private long intervalStart;

    /** Begins the first interval. */
    public LoadRecorder(long nowNanos) {
        intervalStart = nowNanos;
    }

    /** An operation that was due at one time succeeded at another. */
    public void succeeded(long dueNanos, long nowNanos) {
        latencies.recordValue(Math.max(0, Math.min(nowNanos - dueNanos, MAX_LATENCY_NANOS)));
    }

    /** An operation failed. */
    public void failed(Throwable failure) {
        add(ErrorCount.of(failure));
    }

    /** Operations were given up without an answer; 0 is none. */
    public void unanswered(long count) {
        if (count > 0) {
            add(new ErrorCount(ErrorCount.UNANSWERED, count, "no answer when the run ended"));
        }
    }

    private void add(ErrorCount error) {
        synchronized (errorLock) {
            String kind = errors.containsKey(error.kind()) || errors.size() < MAX_KINDS ? error.kind() : OTHER;
            errors.merge(kind, new ErrorCount(kind, error.count(), error.example()), ErrorCount::plus);
        }
    }

    /** Ends the interval now and begins the next; one lasts a nanosecond at least. */
    public synchronized Interval take(long nowNanos) {
        long end = Math.max(nowNanos, intervalStart + 1);
        List<ErrorCount> taken;
        synchronized (errorLock) {
            taken = new ArrayList<>(errors.values());
            errors = new TreeMap<>();
        }
        Interval interval = new Interval(intervalStart, end, latencies.getIntervalHistogram(), taken);
        intervalStart = end;
        return interval;
    }
}
