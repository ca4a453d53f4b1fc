package io.quorate.tests.history;

import java.util.Locale;
import java.util.Objects;

/**
 * One operation of a history, from its invoke to its end.
 *
 * <p>An operation precedes another when it completed strictly before the other was invoked; all others are concurrent,
 * equal times included, so that a coarse clock can hide a violation but never make one.
 *
 * @param process the logical client, 0 or more
 * @param key the key it works on
 * @param action what it did, with what it read if it is an OK read
 * @param outcome how it ended
 * @param invokedNanos when it was sent, monotonic nanoseconds
 * @param completedNanos when its end was known, at or after {@code invokedNanos}; {@link #NEVER} exactly when the
 *     outcome is INFO
 */
public record Operation(
        long process, String key, RegisterAction action, Outcome outcome, long invokedNanos, long completedNanos) {
    /** The completion time of an operation whose outcome is not known. */
    public static final long NEVER = Long.MAX_VALUE;

    public Operation {
        if (process < 0) {
            throw new IllegalArgumentException("process < 0: " + process);
        }
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(outcome, "outcome");
        if (completedNanos < invokedNanos) {
            throw new IllegalArgumentException("completed at " + completedNanos + " before invoked at " + invokedNanos);
        }
        if ((outcome == Outcome.INFO) != (completedNanos == NEVER)) {
            throw new IllegalArgumentException("outcome " + outcome + " with completion at " + completedNanos);
        }
    }

    /** This operation as somebody sees it who stops watching before it completes; a read forgets what it read. */
    Operation withUnknownOutcome() {
        RegisterAction known = action instanceof RegisterAction.Read ? new RegisterAction.Read(null) : action;
        return new Operation(process, key, known, Outcome.INFO, invokedNanos, NEVER);
    }

    /** One line for a person, such as {@code write "7" by process 3, [12 .. 40] ok}. */
    public String describe() {
        String end = outcome == Outcome.INFO ? "?" : Long.toString(completedNanos);
        return describeAction() + " by process " + process + ", [" + invokedNanos + " .. " + end + "] "
                + outcome.name().toLowerCase(Locale.ROOT);
    }

    private String describeAction() {
        if (action instanceof RegisterAction.Read read) {
            return outcome == Outcome.OK ? "read -> " + quoted(read.value()) : "read";
        }
        if (action instanceof RegisterAction.Write write) {
            return "write " + quoted(write.value());
        }
        if (action instanceof RegisterAction.CompareAndSet cas) {
            return "cas " + quoted(cas.expected()) + " -> " + quoted(cas.value());
        }
        throw new AssertionError("unhandled: " + action);
    }

    /** A value for a person: quoted, or the word absent. */
    static String quoted(String value) {
        return value == null ? "absent" : '"' + value + '"';
    }
}
