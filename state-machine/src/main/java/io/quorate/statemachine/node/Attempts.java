package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.statemachine.service.AdminException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Which failures of an operator's call pass, and how it is tried again until a deadline. Blocking. */
final class Attempts {
    private static final Duration PAUSE = Duration.ofMillis(50);
    /** Errors that pass, and what was not confirmed. */
    private static final Set<String> PASSING = Set.of(
            AdminClient.UNREACHABLE,
            AdminClient.NO_ANSWER,
            "NO_LEADER",
            "NOT_LEADER",
            "NOT_INITIALIZED",
            "BEHIND",
            "INDETERMINATE",
            "REMOVING",
            "METADATA_UNAVAILABLE",
            "CONFLICT");

    private Attempts() {}

    /**
     * Tries again what failed for a reason that passes, and what was not confirmed: the operations look at how things are before they
     * change anything.
     */
    static JsonNode eventually(long deadline, String what, Supplier<JsonNode> attempt) {
        AdminException before = null;
        while (true) {
            try {
                return attempt.get();
            } catch (AdminException e) {
                if (!PASSING.contains(e.error()) || remaining(deadline).isZero()) {
                    throw before == null ? e : withReason(e, before);
                }
                before = e;
                pause(what);
            }
        }
    }

    /** The last try may have had no time left and say so only: what was said before is why it took so long. */
    private static AdminException withReason(AdminException last, AdminException before) {
        boolean hasOne =
                !last.error().equals(AdminClient.NO_ANSWER) && !last.error().equals(AdminClient.UNREACHABLE);
        return hasOne
                ? last
                : new AdminException(last.error(), last.getMessage() + "; before that: " + before.getMessage(), last);
    }

    private static void pause(String what) {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AdminException("INTERRUPTED", "interrupted while waiting for " + what, e);
        }
    }

    /** @param deadline by {@link System#nanoTime} */
    static Duration remaining(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }
}
