package io.quorate.tests.chaos;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Says of each longer time without an acknowledged write what was the case in it, so that a run explains its own. */
final class GapReport {
    private static final int IN_THE_SUMMARY = 3;

    private final String shard;
    private final Spans spans;
    private final List<Silence.Gap> gaps;

    /** @param shard whose writes they were; of nodes, only what they said of it is told */
    GapReport(String shard, Spans spans, List<Silence.Gap> gaps) {
        this.shard = shard;
        this.spans = spans;
        this.gaps = gaps.stream()
                .sorted(Comparator.comparingLong(Silence.Gap::millis).reversed())
                .toList();
    }

    /** The longest ones in a line. */
    String summary() {
        return gaps.size() + " times of more than a second without an acknowledged write to " + shard + ", the longest "
                + gaps.stream()
                        .limit(IN_THE_SUMMARY)
                        .map(gap -> gap.millis() + " ms at " + spans.millis(gap.fromNanos()) + " ms")
                        .toList();
    }

    /** All of them, the longest first. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Silence.Gap gap : gaps) {
            lines.add(shard + ": " + gap.millis() + " ms without an acknowledged write, from "
                    + spans.millis(gap.fromNanos()) + " to " + spans.millis(gap.toNanos()) + " ms");
            spans.during(gap.fromNanos(), gap.toNanos()).stream()
                    .filter(line -> !line.contains(" of ") || line.contains(" of " + shard + " "))
                    .forEach(line -> lines.add("    " + line));
            gap.answers().forEach((answer, count) -> lines.add("    " + count + " writes ended as " + answer));
        }
        return lines;
    }
}
