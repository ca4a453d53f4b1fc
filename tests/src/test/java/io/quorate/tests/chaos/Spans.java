package io.quorate.tests.chaos;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What was the case when in a run: which faults were in effect, what each node said of itself. Thread-safe. */
final class Spans {
    /**
     * One thing that was the case.
     *
     * @param who whom it is said of
     * @param fromNanos of {@link System#nanoTime}
     * @param toNanos {@link Long#MAX_VALUE} while it still is
     */
    record Span(String who, String what, long fromNanos, long toNanos) {}

    private final long startNanos = System.nanoTime();
    private final List<Span> ended = new ArrayList<>();
    private final Map<String, Span> current = new LinkedHashMap<>();

    /** From now on this is the case; what was said of the same before is no more. */
    synchronized void begin(String who, String what) {
        Span now = current.get(who);
        if (now == null || !now.what().equals(what)) {
            end(who);
            current.put(who, new Span(who, what, System.nanoTime(), Long.MAX_VALUE));
        }
    }

    synchronized void end(String who) {
        Span now = current.remove(who);
        if (now != null) {
            ended.add(new Span(who, now.what(), now.fromNanos(), System.nanoTime()));
        }
    }

    /** What was the case at any time between, a line each, by time. */
    synchronized List<String> during(long fromNanos, long toNanos) {
        return Stream.concat(ended.stream(), current.values().stream())
                .filter(span -> span.fromNanos() < toNanos && span.toNanos() > fromNanos)
                .sorted(Comparator.comparingLong(Span::fromNanos))
                .map(span -> millis(span.fromNanos()) + " to "
                        + (span.toNanos() == Long.MAX_VALUE ? "the end" : millis(span.toNanos())) + " ms: "
                        + span.who() + " " + span.what())
                .toList();
    }

    /** Milliseconds since the run began. */
    long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos - startNanos);
    }
}
