package io.quorate.tests.history;

import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * Tells for each state the first required step, in some order, that has to do with the state and is not placed. Follows
 * the placing and taking back of a {@link Configuration}, in constant time when it goes forward.
 */
final class UnplacedSteps {
    /** In place of a step: there is none. */
    static final int NOBODY = -1;

    private final IntPredicate isPlaced;
    private final int[][] inOrder;
    /** By state: before this place every step is placed. */
    private final int[] firstMaybe;

    private final int[] placeOf;
    private final int[] stateOf;

    /**
     * @param state the state of a step, or {@link Step#NONE} if it does not count
     * @param order what the steps of a state are ordered by, rising
     */
    UnplacedSteps(
            RegisterProblem problem, ToIntFunction<Step> state, ToLongFunction<Step> order, IntPredicate isPlaced) {
        this.isPlaced = isPlaced;
        int steps = problem.requiredCount();
        this.stateOf = IntStream.range(0, steps)
                .map(step -> state.applyAsInt(problem.required(step)))
                .toArray();
        this.placeOf = new int[steps];
        this.firstMaybe = new int[problem.stateCount()];
        List<Integer> ordered = IntStream.range(0, steps)
                .boxed()
                .sorted(Comparator.comparingLong(step -> order.applyAsLong(problem.required(step))))
                .toList();
        int[] count = new int[problem.stateCount()];
        for (int step : ordered) {
            if (stateOf[step] != Step.NONE) {
                placeOf[step] = count[stateOf[step]]++;
            }
        }
        this.inOrder = new int[count.length][];
        for (int i = 0; i < count.length; i++) {
            inOrder[i] = new int[count[i]];
        }
        for (int step : ordered) {
            if (stateOf[step] != Step.NONE) {
                inOrder[stateOf[step]][placeOf[step]] = step;
            }
        }
    }

    /** The first unplaced step of a state other than one, or {@link #NOBODY}. */
    int firstBut(int except, int state) {
        int[] steps = inOrder[state];
        int place = firstMaybe[state];
        while (place < steps.length && isPlaced.test(steps[place])) {
            place++;
        }
        firstMaybe[state] = place;
        while (place < steps.length && (steps[place] == except || isPlaced.test(steps[place]))) {
            place++;
        }
        return place == steps.length ? NOBODY : steps[place];
    }

    /** Learns that a step is no longer placed. */
    void takenBack(int step) {
        int state = stateOf[step];
        if (state != Step.NONE) {
            firstMaybe[state] = Math.min(firstMaybe[state], placeOf[step]);
        }
    }
}
