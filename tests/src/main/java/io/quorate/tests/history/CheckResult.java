package io.quorate.tests.history;

import java.util.List;
import java.util.Objects;

/**
 * What the check of a history found.
 *
 * @param verdict of the whole history
 * @param keys how many keys it has
 * @param operations how many operations it has, failed and unknown ones included
 * @param explored configurations explored, those for the counterexamples included
 * @param violatingKeys every key that is not linearizable, sorted
 * @param counterexamples for the first of these, at most {@link LinearizabilityChecker#MAX_COUNTEREXAMPLES}
 * @param undecided the keys that the budget was too small for, sorted by key; there may be some besides violations
 */
public record CheckResult(
        Verdict verdict,
        int keys,
        int operations,
        long explored,
        List<String> violatingKeys,
        List<Counterexample> counterexamples,
        List<UndecidedKey> undecided) {
    private static final int KEYS_SHOWN = 20;

    public CheckResult {
        Objects.requireNonNull(verdict, "verdict");
        violatingKeys = List.copyOf(violatingKeys);
        counterexamples = List.copyOf(counterexamples);
        undecided = List.copyOf(undecided);
        if (verdict != verdictOf(violatingKeys, undecided)) {
            throw new IllegalArgumentException("verdict " + verdict + " with " + violatingKeys.size()
                    + " violating and " + undecided.size() + " undecided keys");
        }
    }

    static Verdict verdictOf(List<String> violatingKeys, List<UndecidedKey> undecided) {
        if (!violatingKeys.isEmpty()) {
            return Verdict.VIOLATION;
        }
        return undecided.isEmpty() ? Verdict.LINEARIZABLE : Verdict.UNDECIDED;
    }

    /** Several lines for a person, without a newline at the end. */
    public String describe() {
        StringBuilder text = new StringBuilder();
        text.append(verdict)
                .append(": ")
                .append(operations)
                .append(" operations on ")
                .append(keys);
        text.append(" keys, ").append(explored).append(" configurations explored");
        counterexamples.forEach(counterexample -> text.append('\n').append(counterexample.describe()));
        if (violatingKeys.size() > counterexamples.size()) {
            text.append("\nall keys that are not linearizable (")
                    .append(violatingKeys.size())
                    .append("): ");
            text.append(violatingKeys.subList(0, Math.min(KEYS_SHOWN, violatingKeys.size())));
        }
        undecided.stream().limit(KEYS_SHOWN).forEach(key -> text.append("\nkey ")
                .append(Operation.quoted(key.key()))
                .append(" with ")
                .append(key.operations())
                .append(" operations is undecided: ")
                .append(key.reason()));
        if (undecided.size() > KEYS_SHOWN) {
            text.append("\nand ").append(undecided.size() - KEYS_SHOWN).append(" more undecided keys");
        }
        return text.toString();
    }
}
