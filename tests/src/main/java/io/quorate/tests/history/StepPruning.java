package io.quorate.tests.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Makes the steps of one key fewer and tighter without changing whether they are linearizable.
 *
 * <p>Words: a step <em>produces</em> v if it is a write of v or a compare-and-set to v, and <em>observes</em> v if it
 * is a read of v or a compare-and-set from v. A <em>witness</em> is an order of all required and some optional steps
 * that keeps to real time and in which each observer of v stands where the register holds v. A step can be placed
 * before another unless the other's deadline is before its invoke.
 *
 * <p><b>Reads.</b> An optional read changes nothing and may be left out, so it is dropped. A compare-and-set from v to
 * v changes nothing and needs v: it is a read of v.
 *
 * <p><b>Lemma 1 (dropping).</b> Let P be an optional producer of v such that no optional step observes v and every
 * required observer of v has its deadline before P's invoke. Then the key is linearizable with P exactly if it is
 * without. <em>Proof.</em> A witness without P is a witness with P, which is optional. Take a witness that contains P.
 * The step that follows P finds v, so it cannot observe another value. It does not observe v either: it would be a
 * required observer, whose deadline is before P's invoke, and so must stand before P. Hence it is a write, or there is
 * none. A write does not look at the state, so with P taken out every remaining step finds what it found before, and
 * real time is kept by fewer steps as well. &#8718; (In particular, an info write whose value is never read is
 * dropped.)
 *
 * <p><b>Lemma 2 (impossible).</b> An optional compare-and-set from v that nothing produces, v not being the initial
 * state, is in no witness and is dropped.
 *
 * <p><b>Lemma 3 (deadlines).</b> Let v not be the initial state, P its only producer and R a required observer of v.
 * Then every witness contains P, and before R; so P is required, and R's deadline is one for P too. <em>Proof.</em> R
 * stands where the register holds v, which only P can have brought about, so P stands before R. A step that is invoked
 * after R's deadline stands after R, hence after P: the constraint "P has R's deadline" holds in every witness, and a
 * witness under more constraints is one under fewer. &#8718; This turns an info write with a value of its own that
 * somebody read into a write that certainly happened, by a known time. Applied until nothing changes, in the manner of
 * Dijkstra: the required steps by rising deadline, each handing its own up the chain of only producers; a deadline that
 * has been handed out is never lowered again.
 *
 * <p><b>Lemma 4 (invokes).</b> Let v not be the initial state, P its only producer, R a required observer of v, and let
 * P have lemma 3's deadline. Then P may be taken as invoked at R's invoke or at P's deadline, whichever is earlier, if
 * that is later than P's invoke. <em>Proof.</em> It asks that each required step X with a deadline before both stands
 * before P. X stands before R, since its deadline is before R's invoke. X does not observe v, nor is it P, since their
 * deadlines are not before P's. Suppose X stood between P and R. Every step from P to R finds v, because R does and
 * nothing but P brings it; so none of them before R changes the state, and X, which does not observe v, would change it
 * or find something else. So X stands before P in every witness. &#8718; A write that may have happened at any time is
 * so brought near to the reads that saw it.
 */
final class StepPruning {
    private static final int NOBODY = -1;
    private static final int SEVERAL = -2;

    private final int values;
    private List<Step> steps;

    StepPruning(List<Step> steps, int values) {
        this.values = values;
        this.steps = steps;
    }

    /** The steps that are left. The given ones are changed. */
    List<Step> prune() {
        dropUntilNothingChanges();
        int[] onlyProducer = onlyProducers();
        bringDeadlinesForward(onlyProducer);
        bringInvokesBack(onlyProducer);
        dropUntilNothingChanges();
        return steps;
    }

    private void dropUntilNothingChanges() {
        int before;
        do {
            before = steps.size();
            dropOnce();
        } while (steps.size() < before);
    }

    private void dropOnce() {
        long[] lastObserved = new long[values];
        boolean[] observedByOptional = new boolean[values];
        boolean[] produced = new boolean[values];
        Arrays.fill(lastObserved, Long.MIN_VALUE);
        produced[ValueIds.ABSENT] = true;
        for (Step step : steps) {
            if (step.produces != Step.NONE) {
                produced[step.produces] = true;
            }
            if (step.expects != Step.NONE && step.required) {
                lastObserved[step.expects] = Math.max(lastObserved[step.expects], step.deadlineNanos);
            } else if (step.expects != Step.NONE) {
                observedByOptional[step.expects] = true;
            }
        }
        List<Step> kept = new ArrayList<>(steps.size());
        for (Step step : steps) {
            boolean useful = step.required
                    || !step.isRead()
                            && (observedByOptional[step.produces] || lastObserved[step.produces] >= step.invokedNanos)
                            && (step.expects == Step.NONE || produced[step.expects]);
            if (useful) {
                kept.add(step);
            }
        }
        steps = kept;
    }

    private void bringDeadlinesForward(int[] onlyProducer) {
        Integer[] byDeadline = new Integer[steps.size()];
        Arrays.setAll(byDeadline, i -> i);
        Arrays.sort(byDeadline, Comparator.comparingLong(i -> steps.get(i).deadlineNanos));
        boolean[] settled = new boolean[steps.size()];
        for (int index : byDeadline) {
            if (steps.get(index).required) {
                handUp(index, onlyProducer, settled);
            }
        }
    }

    private void handUp(int from, int[] onlyProducer, boolean[] settled) {
        long deadline = steps.get(from).deadlineNanos;
        int index = from;
        while (index >= 0 && !settled[index]) {
            Step step = steps.get(index);
            settled[index] = true;
            step.required = true;
            step.deadlineNanos = Math.min(step.deadlineNanos, deadline);
            index = step.expects == Step.NONE || step.expects == ValueIds.ABSENT ? NOBODY : onlyProducer[step.expects];
        }
    }

    private void bringInvokesBack(int[] onlyProducer) {
        long[] lastNeeded = new long[values];
        Arrays.fill(lastNeeded, Long.MIN_VALUE);
        for (Step step : steps) {
            if (step.required && step.expects != Step.NONE) {
                lastNeeded[step.expects] = Math.max(lastNeeded[step.expects], step.invokedNanos);
            }
        }
        for (int value = 0; value < values; value++) {
            if (value != ValueIds.ABSENT && onlyProducer[value] >= 0) {
                Step producer = steps.get(onlyProducer[value]);
                long latest = Math.min(lastNeeded[value], producer.deadlineNanos);
                producer.invokedNanos = Math.max(producer.invokedNanos, latest);
            }
        }
    }

    private int[] onlyProducers() {
        int[] producers = new int[values];
        Arrays.fill(producers, NOBODY);
        for (int i = 0; i < steps.size(); i++) {
            int value = steps.get(i).produces;
            if (value != Step.NONE) {
                producers[value] = producers[value] == NOBODY ? i : SEVERAL;
            }
        }
        return producers;
    }
}
