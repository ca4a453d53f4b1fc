package io.quorate.tests.kit;

import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What the undisturbed replica showed, batch by batch, and the comparison of another run with it. */
final class Reference {
    private final History history;
    private final List<List<AppendOutcome>> outcomes = new ArrayList<>();
    private final List<Map<Bytes, Bytes>> states = new ArrayList<>();

    Reference(History history) {
        this.history = history;
    }

    ReplicaRun.Observer recorder() {
        return new ReplicaRun.Observer() {
            @Override
            public void answered(int batch, List<AppendOutcome> seen) {
                outcomes.add(seen);
            }

            @Override
            public void stored(int batch, Map<Bytes, Bytes> state) {
                states.add(state);
            }
        };
    }

    History history() {
        return history;
    }

    /** Throws at the first difference from what another JVM saw. */
    void compare(AnotherJvm.Seen seen, String run) {
        for (int batch = 0; batch < outcomes.size(); batch++) {
            compareOutcomes(batch, seen.outcomes().get(batch), Finding.DIFFERS_BETWEEN_JVMS, run);
        }
        compareStates(outcomes.size() - 1, seen.state(), Finding.DIFFERS_BETWEEN_JVMS, run);
    }

    /** Throws at the first difference from this run. */
    ReplicaRun.Observer comparer(Finding finding, String run) {
        return new ReplicaRun.Observer() {
            @Override
            public void answered(int batch, List<AppendOutcome> seen) {
                compareOutcomes(batch, seen, finding, run);
            }

            @Override
            public void stored(int batch, Map<Bytes, Bytes> state) {
                compareStates(batch, state, finding, run);
            }
        };
    }

    private void compareOutcomes(int batch, List<AppendOutcome> seen, Finding finding, String run) {
        List<AppendOutcome> expected = outcomes.get(batch);
        for (int i = 0; i < expected.size(); i++) {
            if (!expected.get(i).equals(seen.get(i))) {
                EntryBatch entries = history.batches().get(batch);
                throw new BrokenRule(
                        finding,
                        "command "
                                + GuardedApplication.describe(
                                        entries.records().get(i).payload()) + " was answered "
                                + describe(expected.get(i)) + " at first and " + describe(seen.get(i)) + " " + run);
            }
        }
    }

    private static String describe(AppendOutcome outcome) {
        if (outcome instanceof AppendOutcome.Committed committed) {
            String answer = GuardedApplication.describe(committed.result().value());
            return (committed.result().refused() ? "refusal " : "") + answer + " at lsn " + committed.lsn();
        }
        return outcome.toString();
    }

    private void compareStates(int batch, Map<Bytes, Bytes> state, Finding finding, String run) {
        Map<Bytes, Bytes> expected = states.get(batch);
        if (!expected.equals(state)) {
            throw new BrokenRule(
                    finding, "after batch " + batch + " the state had " + difference(expected, state) + " " + run);
        }
    }

    /** The first key that differs, with both of its values. */
    static String difference(Map<Bytes, Bytes> expected, Map<Bytes, Bytes> found) {
        TreeSet<Bytes> keys = new TreeSet<>(expected.keySet());
        keys.addAll(found.keySet());
        keys.removeIf(key -> expected.containsKey(key) && expected.get(key).equals(found.get(key)));
        Bytes key = keys.first();
        return "key " + GuardedApplication.describe(key) + " with " + value(found.get(key)) + " instead of "
                + value(expected.get(key));
    }

    private static String value(Bytes value) {
        return value == null ? "no value" : GuardedApplication.describe(value);
    }
}
