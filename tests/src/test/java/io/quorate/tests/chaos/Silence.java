package io.quorate.tests.chaos;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Times without an acknowledged write, and how writes ended in them. Thread-safe. */
final class Silence {
    /** Longer ones are kept, with what was heard instead. */
    private static final long WORTH_A_LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Answers differ in times and counters. */
    private static final String DIGITS = "\\d+";

    private static final int DIFFERENT_ANSWERS = 20;

    /**
     * A time without an acknowledged write.
     *
     * @param answers how writes ended in it, and how many of each
     */
    record Gap(long fromNanos, long toNanos, Map<String, Integer> answers) {
        long millis() {
            return TimeUnit.NANOSECONDS.toMillis(toNanos - fromNanos);
        }
    }

    private final List<Gap> gaps = new ArrayList<>();
    private long lastNanos = System.nanoTime();
    private long longestNanos;
    private long acknowledged;
    private Map<String, Integer> answers = new LinkedHashMap<>();

    /** A write was acknowledged. */
    synchronized void broken() {
        ends(System.nanoTime());
        acknowledged++;
    }

    private void ends(long now) {
        if (now - lastNanos > WORTH_A_LOOK_NANOS) {
            gaps.add(new Gap(lastNanos, now, answers));
            answers = new LinkedHashMap<>();
        } else if (!answers.isEmpty()) {
            answers.clear();
        }
        longestNanos = Math.max(longestNanos, now - lastNanos);
        lastNanos = now;
    }

    /** A write ended otherwise. */
    synchronized void other(String answer) {
        String kind = answer.replaceAll(DIGITS, "#");
        if (answers.size() < DIFFERENT_ANSWERS || answers.containsKey(kind)) {
            answers.merge(kind, 1, Integer::sum);
        }
    }

    /** No more writes: the time since the last acknowledged one counts, too. */
    synchronized void over() {
        ends(System.nanoTime());
    }

    synchronized long longestMillis() {
        return TimeUnit.NANOSECONDS.toMillis(longestNanos);
    }

    /** How often it was broken: acknowledged writes. */
    synchronized long acknowledged() {
        return acknowledged;
    }

    /** Times of more than a second. */
    synchronized List<Gap> gaps() {
        return List.copyOf(gaps);
    }
}
