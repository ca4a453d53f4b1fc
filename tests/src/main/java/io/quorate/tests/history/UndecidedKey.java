package io.quorate.tests.history;

import java.util.Objects;

/**
 * A key whose check was given up.
 *
 * @param key the key
 * @param operations how many operations it has
 * @param reason which part of the budget ended, and when
 */
public record UndecidedKey(String key, int operations, String reason) {
    public UndecidedKey {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(reason, "reason");
        if (operations < 1) {
            throw new IllegalArgumentException("operations < 1: " + operations);
        }
    }
}
