package io.quorate.tests.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where a search stands: the steps placed so far in order, the state of the register, and what is left. Steps are
 * placed and taken back in the manner of a stack. Confined to one search.
 */
final class Configuration {
    private static final int BITS = Integer.SIZE;

    private final RegisterProblem problem;
    private final EntryList entries;
    /** Bit i says that required step i is placed. */
    private final int[] placedBits;
    /** Members of each optional group that are placed: always its first ones. */
    private final int[] used;
    /** By state: the required steps that need it and are not placed. */
    private final int[] needsLeft;
    /** By state: whether there is an optional group that needs it, used up or not. */
    private final boolean[] neededByGroup;
    /** By state: the optional groups that leave it. */
    private final int[][] groupsLeaving;
    /** Required steps that need a state, by deadline. */
    private final UnplacedSteps observers;
    /** Required steps that leave a state, by invoke. */
    private final UnplacedSteps producers;
    /** Placed steps in order: a required step by its number, a member of optional group g as -1 - g. */
    private final int[] trail;

    private int trailLength;
    private int requiredLeft;
    private int highestPlaced = -1;
    private int state;
    /** The step placed last is an optional one, so the next must need the state it left. */
    private boolean mustObserve;

    /** What placing steps does not tell back by itself. */
    record Mark(int trailLength, int highestPlaced, int state, boolean mustObserve) {}

    Configuration(RegisterProblem problem) {
        this.problem = problem;
        this.entries = new EntryList(problem.requiredInvokes(), problem.requiredDeadlines());
        this.requiredLeft = problem.requiredCount();
        this.placedBits = new int[requiredLeft / BITS + 1];
        this.used = new int[problem.groupCount()];
        this.needsLeft = new int[problem.stateCount()];
        this.neededByGroup = new boolean[problem.stateCount()];
        this.groupsLeaving = groupsLeaving(problem);
        this.observers = new UnplacedSteps(problem, problem::needed, step -> step.deadlineNanos, this::isPlaced);
        this.producers = new UnplacedSteps(problem, problem::left, step -> step.invokedNanos, this::isPlaced);
        int optionalSteps = 0;
        for (int group = 0; group < used.length; group++) {
            Step step = problem.optional(group, 0);
            if (problem.needed(step) != Step.NONE) {
                neededByGroup[problem.needed(step)] = true;
            }
            optionalSteps += problem.groupSize(group);
        }
        for (int step = 0; step < requiredLeft; step++) {
            count(problem.required(step), 1);
        }
        this.trail = new int[requiredLeft + optionalSteps];
        this.state = problem.initialState();
        forgetUnobservedState();
    }

    private void count(Step step, int by) {
        int needed = problem.needed(step);
        if (needed != Step.NONE) {
            needsLeft[needed] += by;
        }
    }

    private static int[][] groupsLeaving(RegisterProblem problem) {
        return IntStream.range(0, problem.stateCount())
                .mapToObj(state -> IntStream.range(0, problem.groupCount())
                        .filter(group -> problem.left(problem.optional(group, 0)) == state)
                        .toArray())
                .toArray(int[][]::new);
    }

    private boolean isPlaced(int step) {
        return (placedBits[step / BITS] & 1 << step) != 0;
    }

    int requiredLeft() {
        return requiredLeft;
    }

    EntryList entries() {
        return entries;
    }

    Mark mark() {
        return new Mark(trailLength, highestPlaced, state, mustObserve);
    }

    /**
     * Whether a required step that may come next is to be tried: it finds the state it needs, and nothing speaks
     * against it.
     */
    boolean permits(int number) {
        Step step = problem.required(number);
        int needed = problem.needed(step);
        if (needed == Step.NONE ? mustObserve : needed != state) {
            return false;
        }
        return !leavesTooEarly(number, problem.left(step)) && !isAfterTwin(step, number);
    }

    /**
     * Whether a required step that may come next as well does the same and has an earlier deadline; an optional step has
     * none. Then only that one is tried: in a witness that has the two the other way round they can change places. What
     * stands between them was invoked by the earlier deadline, so by the later one too.
     */
    private boolean isAfterTwin(Step step, int number) {
        for (int other = entries.first(); !entries.isDeadline(other); other = entries.next(other)) {
            Step twin = problem.required(other);
            boolean earlier = twin.deadlineNanos < step.deadlineNanos
                    || twin.deadlineNanos == step.deadlineNanos && other < number;
            if (earlier && problem.left(twin) == problem.left(step) && problem.needed(twin) == problem.needed(step)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether a step that goes to another state goes to ruin: some required step needs the present state by a deadline,
     * and nothing that could bring it back is invoked by then.
     */
    private boolean leavesTooEarly(int step, int left) {
        if (left == Step.NONE || left == state) {
            return false;
        }
        int observer = observers.firstBut(step, state);
        if (observer == UnplacedSteps.NOBODY) {
            return false;
        }
        long deadline = problem.required(observer).deadlineNanos;
        int producer = producers.firstBut(UnplacedSteps.NOBODY, state);
        if (producer != UnplacedSteps.NOBODY && problem.required(producer).invokedNanos <= deadline) {
            return false;
        }
        for (int group : groupsLeaving[state]) {
            if (hasNext(group, deadline)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether the next member of an optional group may be placed now; whether it is of use is for the search to say.
     */
    boolean permitsOptional(int group, long firstDeadline) {
        if (!hasNext(group, firstDeadline)) {
            return false;
        }
        Step step = problem.optional(group, used[group]);
        int needed = problem.needed(step);
        boolean stateFits = needed == Step.NONE ? !mustObserve : needed == state;
        return stateFits
                && problem.left(step) != state
                && !leavesTooEarly(UnplacedSteps.NOBODY, problem.left(step))
                && !isAfterTwin(step, UnplacedSteps.NOBODY);
    }

    /** Whether an optional group has an unused member that may come next, by {@link #firstDeadline}. */
    boolean hasNext(int group, long firstDeadline) {
        return used[group] < problem.groupSize(group)
                && problem.optional(group, used[group]).invokedNanos <= firstDeadline;
    }

    /** The first deadline of the required steps that are left: what is invoked later may not come next. */
    long firstDeadline() {
        int entry = entries.first();
        while (!entries.isDeadline(entry)) {
            entry = entries.next(entry);
        }
        return problem.required(entries.stepOfDeadline(entry)).deadlineNanos;
    }

    /**
     * Places every required step that may come next and makes no difference to any other: a read of the present state,
     * and, when no step needs the present state, a write of a value that no step needs.
     *
     * <p>No witness is lost by it. Take one that continues from here, with the step further back; moved to the front it
     * finds the state it needs, the steps it passes find what they found before since it changes nothing that they
     * look at, and it is allowed there by real time, as it may come next.
     */
    void placeHarmless() {
        int entry = entries.first();
        while (requiredLeft > 0 && !entries.isDeadline(entry)) {
            int step = entry;
            boolean harmless = isHarmless(problem.required(step));
            if (harmless) {
                placeRequired(step);
            }
            // Start again: the step's deadline may have been the first one, and the state may have become unobserved.
            entry = harmless && requiredLeft > 0 ? entries.first() : entries.next(step);
        }
    }

    private boolean isHarmless(Step step) {
        if (step.isRead()) {
            return problem.needed(step) == state;
        }
        return state == problem.unobserved() && problem.needed(step) == Step.NONE && isUnobserved(problem.left(step));
    }

    /** A state that no step left over needs is as good as any other such state. */
    private void forgetUnobservedState() {
        if (isUnobserved(state)) {
            state = problem.unobserved();
        }
    }

    /** Used-up groups count as well: that a state is unobserved must not depend on how much is used. */
    private boolean isUnobserved(int anyState) {
        return needsLeft[anyState] == 0 && !neededByGroup[anyState];
    }

    void placeRequired(int step) {
        entries.lift(step);
        placedBits[step / BITS] |= 1 << step;
        highestPlaced = Math.max(highestPlaced, step);
        requiredLeft--;
        trail[trailLength++] = step;
        mustObserve = false;
        enter(problem.required(step));
        count(problem.required(step), -1);
        forgetUnobservedState();
    }

    /**
     * Places the next member of an optional group. The next step must need the state it leaves: an optional step
     * that nothing needs at once could as well be left out ({@link StepPruning}, proof of lemma 1).
     */
    void placeOptional(int group) {
        Step step = problem.optional(group, used[group]++);
        trail[trailLength++] = -1 - group;
        mustObserve = true;
        enter(step);
    }

    private void enter(Step step) {
        int left = problem.left(step);
        state = left == Step.NONE ? state : left;
    }

    /** Takes back every step placed after a mark was taken. */
    void takeBack(Mark mark) {
        while (trailLength > mark.trailLength()) {
            int placed = trail[--trailLength];
            if (placed >= 0) {
                entries.unlift(placed);
                placedBits[placed / BITS] &= ~(1 << placed);
                requiredLeft++;
                count(problem.required(placed), 1);
                observers.takenBack(placed);
                producers.takenBack(placed);
            } else {
                used[-1 - placed]--;
            }
        }
        highestPlaced = mark.highestPlaced();
        state = mark.state();
        mustObserve = mark.mustObserve();
    }

    /**
     * Remembers this configuration, unless one is known that covers it. Placed steps are mostly those with the lowest
     * numbers, so only the lowest unplaced number and the bits from there to the highest placed one are kept.
     */
    SeenConfigurations.Answer addTo(SeenConfigurations seen) {
        int lowestUnplaced = entries.first();
        int from = lowestUnplaced / BITS;
        int to = highestPlaced > lowestUnplaced ? highestPlaced / BITS + 1 : from;
        int[] placed = new int[2 + to - from];
        placed[0] = state << 1 | (mustObserve ? 1 : 0);
        placed[1] = lowestUnplaced;
        System.arraycopy(placedBits, from, placed, 2, to - from);
        return seen.add(placed, placed.length, used);
    }

    /** The operations of the placed steps, in order. */
    List<Operation> placedOperations() {
        List<Operation> operations = new ArrayList<>(trailLength);
        int[] member = new int[used.length];
        for (int placed : Arrays.copyOf(trail, trailLength)) {
            Step step = placed >= 0 ? problem.required(placed) : problem.optional(-1 - placed, member[-1 - placed]++);
            operations.add(step.operation);
        }
        return operations;
    }

    /** The operations of the required steps that are not placed, by rising invoke time. */
    List<Operation> unplacedOperations() {
        List<Operation> operations = new ArrayList<>(requiredLeft);
        for (int step = 0; step < problem.requiredCount(); step++) {
            if (!isPlaced(step)) {
                operations.add(problem.required(step).operation);
            }
        }
        return operations;
    }
}
