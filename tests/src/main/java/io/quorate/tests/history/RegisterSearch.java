package io.quorate.tests.history;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Looks for an order of the steps of one key that explains every answer: Wing and Gong's search ("Testing and verifying
 * concurrent objects", 1993) with the list and the remembered configurations of Lowe ("Testing for linearizability",
 * 2017), depth first and without recursion.
 *
 * <p>From each configuration it tries the steps that may come next: first the required ones by invoke time, then an
 * optional one, but only on a way to a state that a required step which may come next needs, and followed at once by a
 * step that needs the state it leaves. Steps that make no difference are placed at once and with no alternative, of two
 * that do the same one is tried, and one that makes a later step impossible is not ({@link Configuration}). A
 * configuration covered by one that was seen is left ({@link SeenConfigurations}).
 *
 * <p><b>No witness is lost by what is not tried</b>: some shortest witness from a configuration begins with a step that
 * is. For harmless steps, twins and steps that leave too early it is said in {@link Configuration}; these exchanges
 * keep the length. In a shortest witness each optional step is followed at once by one that needs the state it leaves,
 * or it could be left out (proof of lemma 1 in {@link StepPruning}) and the witness were shorter. So a run of optional
 * steps ends at a required one that needs the state the last of them leaves; since no required step stands in between,
 * it may come next already, and makes the states on the way to it wanted.
 *
 * <p><b>Nor by what is covered.</b> Let d be the number of steps from a configuration to the end of its shortest
 * witness. Suppose that the search ends without success and that d is finite for some configuration that was seen; take
 * one, C, with the least d, and let m be the first step of a shortest witness of C that the search tried. It came from
 * C by m to a configuration with a smaller d, which was seen, or covered by a seen one, E. What can follow a
 * configuration can follow one that covers it, since the members that a group still has there are more and were invoked
 * earlier; so E's d is no larger, and smaller than C's.
 */
final class RegisterSearch {
    enum Verdict {
        FOUND,
        NONE,
        GIVEN_UP
    }

    /**
     * @param explored configurations
     * @param placed NONE: the operations of the longest order that was found; else empty
     * @param unplaced NONE: the operations that must follow it and cannot; else empty
     * @param reason GIVEN_UP: why; else empty
     */
    record Result(Verdict verdict, long explored, List<Operation> placed, List<Operation> unplaced, String reason) {}

    private static final int NO_CANDIDATE = -1;

    /**
     * A configuration that was left for one further on.
     *
     * @param cursor the next candidate to try
     */
    private record Frame(Configuration.Mark mark, int cursor) {}

    private final RegisterProblem problem;
    private final CheckBudget budget;
    private final Configuration at;
    private final SeenConfigurations seen;
    private final Deque<Frame> frames = new ArrayDeque<>();
    /**
     * By state: whether a step that may come next needs it, directly or by way of optional ones; renewed when needed.
     */
    private final boolean[] wanted;
    /** Candidates are numbered: required steps, their deadlines, then optional groups from here on. */
    private final int firstGroup;

    private int cursor;

    private long explored;
    private String givenUp = "";
    private int fewestLeft = Integer.MAX_VALUE;
    private List<Operation> placed = List.of();
    private List<Operation> unplaced = List.of();

    private RegisterSearch(RegisterProblem problem, CheckBudget budget) {
        this.problem = problem;
        this.budget = budget;
        this.at = new Configuration(problem);
        this.seen = new SeenConfigurations(budget.maxMemoryBytes(), problem.groupCount());
        this.wanted = new boolean[problem.stateCount()];
        this.firstGroup = 2 * problem.requiredCount();
    }

    /** Searches the operations of one key. */
    static Result search(List<Operation> operations, CheckBudget budget) {
        RegisterProblem problem = RegisterProblem.of(operations);
        if (problem.hasImpossibleStep()) {
            return new Result(Verdict.NONE, 0, List.of(), problem.requiredOperations(), "");
        }
        return new RegisterSearch(problem, budget).run();
    }

    private Result run() {
        at.placeHarmless();
        cursor = at.requiredLeft() == 0 ? 0 : at.entries().first();
        while (at.requiredLeft() > 0) {
            int candidate = nextCandidate();
            if (candidate != NO_CANDIDATE) {
                goOn(candidate);
            } else {
                keepLongest();
                if (frames.isEmpty()) {
                    return result(Verdict.NONE, "");
                }
                goBack();
            }
            if (!givenUp.isEmpty()) {
                return result(Verdict.GIVEN_UP, givenUp);
            }
        }
        return result(Verdict.FOUND, "");
    }

    private void goOn(int candidate) {
        frames.push(new Frame(at.mark(), after(candidate)));
        place(candidate);
        if (at.requiredLeft() == 0) {
            return;
        }
        if (++explored > budget.maxStates()) {
            givenUp = "explored " + budget.maxStates() + " configurations";
            return;
        }
        switch (at.addTo(seen)) {
            case NEW -> cursor = at.entries().first();
            case COVERED -> goBack();
            case FULL ->
                givenUp = "remembered " + budget.maxMemoryBytes() + " bytes of configurations, after " + explored;
        }
    }

    private void goBack() {
        Frame frame = frames.pop();
        at.takeBack(frame.mark());
        cursor = frame.cursor();
    }

    private Result result(Verdict verdict, String reason) {
        boolean none = verdict == Verdict.NONE;
        return new Result(verdict, explored, none ? placed : List.of(), none ? unplaced : List.of(), reason);
    }

    private void place(int candidate) {
        if (candidate < firstGroup) {
            at.placeRequired(candidate);
        } else {
            at.placeOptional(candidate - firstGroup);
        }
        at.placeHarmless();
    }

    private int after(int candidate) {
        return candidate < firstGroup ? at.entries().next(candidate) : candidate + 1;
    }

    /** The first candidate that may come next, from the cursor on. */
    private int nextCandidate() {
        int candidate = cursor;
        while (candidate < firstGroup && !at.entries().isDeadline(candidate)) {
            if (at.permits(candidate)) {
                return candidate;
            }
            candidate = at.entries().next(candidate);
        }
        return problem.groupCount() == 0 ? NO_CANDIDATE : groupFrom(Math.max(candidate, firstGroup));
    }

    private int groupFrom(int candidate) {
        long firstDeadline = at.firstDeadline();
        findWanted(firstDeadline);
        for (int group = candidate - firstGroup; group < problem.groupCount(); group++) {
            boolean useful = wanted[problem.left(problem.optional(group, 0))];
            if (useful && at.permitsOptional(group, firstDeadline)) {
                return firstGroup + group;
            }
        }
        return NO_CANDIDATE;
    }

    private void findWanted(long firstDeadline) {
        Arrays.fill(wanted, false);
        EntryList entries = at.entries();
        for (int entry = entries.first(); !entries.isDeadline(entry); entry = entries.next(entry)) {
            want(problem.required(entry));
        }
        boolean more = true;
        while (more) {
            more = false;
            for (int group = 0; group < problem.groupCount(); group++) {
                Step step = problem.optional(group, 0);
                boolean onTheWay = wanted[problem.left(step)] && at.hasNext(group, firstDeadline);
                more |= onTheWay && want(step);
            }
        }
    }

    /** Whether the state that a step needs is wanted for the first time. */
    private boolean want(Step step) {
        int needed = problem.needed(step);
        if (needed == Step.NONE || wanted[needed]) {
            return false;
        }
        wanted[needed] = true;
        return true;
    }

    private void keepLongest() {
        if (at.requiredLeft() < fewestLeft) {
            fewestLeft = at.requiredLeft();
            placed = at.placedOperations();
            unplaced = at.unplacedOperations();
        }
    }
}
