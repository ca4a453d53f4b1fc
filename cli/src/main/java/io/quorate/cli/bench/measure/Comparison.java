package io.quorate.cli.bench.measure;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * All runs of one benchmark, by system, the subject first.
 *
 * <p>A ratio is the subject's median throughput over the other's, both of this comparison: absolute figures of a shared machine do not
 * compare from one day to the next.
 *
 * @param systems from 1, names distinct, in the order they ran
 */
public record Comparison(List<SystemSummary> systems) {
    public Comparison {
        systems = List.copyOf(systems);
        if (systems.isEmpty()) {
            throw new IllegalArgumentException("no system was measured");
        }
    }

    /** Groups runs by system. */
    public static Comparison of(List<RunResult> runs) {
        Map<String, List<RunResult>> bySystem = runs.stream()
                .collect(Collectors.groupingBy(RunResult::system, LinkedHashMap::new, Collectors.toList()));
        return new Comparison(bySystem.values().stream().map(SystemSummary::new).toList());
    }

    /** The system that is judged: the one of that role, or else the first. */
    public SystemSummary subject() {
        return of(Role.SUBJECT).orElse(systems.get(0));
    }

    /** Throughput over that of bare Ratis with its defaults; empty when it was not measured or did nothing. */
    public OptionalDouble ratioToBaseline() {
        return ratioTo(Role.BASELINE);
    }

    /** Throughput over that of tuned bare Ratis; empty when it was not measured or did nothing. */
    public OptionalDouble ratioToTuned() {
        return ratioTo(Role.TUNED);
    }

    /** All runs, in the order of rounds and, within one, of systems. */
    public List<RunResult> runs() {
        return systems.stream()
                .flatMap(s -> s.runs().stream())
                .sorted(Comparator.comparingInt(RunResult::round))
                .toList();
    }

    private Optional<SystemSummary> of(Role role) {
        return systems.stream().filter(s -> s.role() == role).findFirst();
    }

    private OptionalDouble ratioTo(Role role) {
        Optional<SystemSummary> other = of(role).filter(s -> s != subject() && s.entriesPerSecond() > 0);
        return other.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(subject().entriesPerSecond() / other.get().entriesPerSecond());
    }
}
