package io.quorate.tests.history;

import io.quorate.tests.history.RegisterAction.CompareAndSet;
import io.quorate.tests.history.RegisterAction.Read;
import io.quorate.tests.history.RegisterAction.Write;
import java.util.List;
import java.util.Objects;

/**
 * Why one key is not linearizable, as small as it could be made.
 *
 * @param key the key
 * @param breaking the operation whose completion broke it: until just before it completed, the history is linearizable,
 *     with it no more; among several with the same completion time the last one needed
 * @param linearizableOperations how many operations of the key had completed by then: the longest linearizable prefix
 * @param placed operations of a part of the history that is already impossible, in the longest order found for it;
 *     one that completed after {@code breaking} appears as INFO, since that is all that was known of it by then
 * @param unplaced the other operations of that part, which must follow and cannot
 * @param related operations not in that part that help to understand it: failed ones whose value was seen
 * @param minimal whether the budget was enough to look for the smallest prefix and part; if not, both are still
 *     impossible, but may be larger than need be
 */
public record Counterexample(
        String key,
        Operation breaking,
        int linearizableOperations,
        List<Operation> placed,
        List<Operation> unplaced,
        List<Operation> related,
        boolean minimal) {
    private static final int LINES_SHOWN = 12;

    public Counterexample {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(breaking, "breaking");
        placed = List.copyOf(placed);
        unplaced = List.copyOf(unplaced);
        related = List.copyOf(related);
        if (linearizableOperations < 0) {
            throw new IllegalArgumentException("linearizableOperations < 0: " + linearizableOperations);
        }
        if (unplaced.isEmpty()) {
            throw new IllegalArgumentException("a counterexample in which every operation has its place");
        }
    }

    /** Several lines for a person, without a newline at the end; at most a dozen operations of a kind are shown. */
    public String describe() {
        StringBuilder text = new StringBuilder();
        text.append("key ").append(Operation.quoted(key)).append(" is not linearizable. ");
        text.append("Its first ").append(linearizableOperations).append(" completed operations are; it breaks with\n");
        text.append("    ").append(breaking.describe()).append('\n');
        text.append("These operations alone show it");
        text.append(minimal ? ".\n" : " (the budget ended before they were fewest).\n");
        if (!placed.isEmpty()) {
            text.append("  The longest order of them:\n");
            int hidden = Math.max(0, placed.size() - LINES_SHOWN);
            text.append(hidden == 0 ? "" : "    (" + hidden + " earlier ones not shown)\n");
            placed.subList(hidden, placed.size()).forEach(operation -> appendLine(text, operation));
        }
        text.append("  The key is then ").append(Operation.quoted(valueAfterPlaced()));
        text.append(", and these must still have their place:\n");
        int shown = Math.min(LINES_SHOWN, unplaced.size());
        unplaced.subList(0, shown).forEach(operation -> appendLine(text, operation));
        text.append(shown == unplaced.size() ? "" : "    (" + (unplaced.size() - shown) + " more not shown)\n");
        if (!related.isEmpty()) {
            text.append("  A value among them comes from what was reported as failed:\n");
            related.stream().limit(LINES_SHOWN).forEach(operation -> appendLine(text, operation));
        }
        return text.toString().stripTrailing();
    }

    private static void appendLine(StringBuilder text, Operation operation) {
        text.append("    ").append(operation.describe()).append('\n');
    }

    /** What the key holds after the placed operations; {@code null} for absent. */
    public String valueAfterPlaced() {
        String value = null;
        for (Operation operation : placed) {
            value = valueAfter(operation.action(), value);
        }
        return value;
    }

    private static String valueAfter(RegisterAction action, String before) {
        if (action instanceof Read) {
            return before;
        }
        if (action instanceof Write write) {
            return write.value();
        }
        if (action instanceof CompareAndSet cas) {
            return cas.value();
        }
        throw new AssertionError("unhandled: " + action);
    }
}
