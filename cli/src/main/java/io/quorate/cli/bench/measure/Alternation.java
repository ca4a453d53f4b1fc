package io.quorate.cli.bench.measure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs systems in turn, all of them once in each round, so that what the machine does meanwhile hits all alike: a, b, c, a, b, c.
 */
public final class Alternation {
    private Alternation() {}

    /** Measures one contender once, from start to cleaned up. */
    @FunctionalInterface
    public interface Runner {
        RunResult run(Contender contender, int round) throws IOException, InterruptedException;
    }

    /** All results, in the order of the runs. */
    public static List<RunResult> run(List<Contender> contenders, int rounds, Runner runner)
            throws IOException, InterruptedException {
        if (contenders.isEmpty()) {
            throw new IllegalArgumentException("nothing to run");
        }
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds < 1: " + rounds);
        }
        List<RunResult> results = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            for (Contender contender : contenders) {
                results.add(runner.run(contender, round));
            }
        }
        return results;
    }
}
