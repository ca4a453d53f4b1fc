package io.quorate.tests.chaos;

import java.util.Optional;

/** How reads ended that began after a newer value was acknowledged. Not thread-safe. */
final class ReadCounts {
    private int fresh;
    private int stale;
    private int refused;
    private int staleRounds;

    /** Notes the reads of one round. */
    void note(String newest, Iterable<Optional<String>> values) {
        int before = stale;
        for (Optional<String> value : values) {
            if (value.isEmpty()) {
                refused++;
            } else if (value.get().equals(newest)) {
                fresh++;
            } else {
                stale++;
            }
        }
        staleRounds += stale > before ? 1 : 0;
    }

    int stale() {
        return stale;
    }

    @Override
    public String toString() {
        return fresh + " new, " + stale + " stale in " + staleRounds + " rounds, " + refused + " refused";
    }
}
