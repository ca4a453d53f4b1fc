package io.quorate.wal.log;

import java.time.Duration;

/** How fresh a read must be. */
public sealed interface ReadConsistency {
    ReadConsistency LINEARIZABLE = new Linearizable();
    ReadConsistency EVENTUAL = new Eventual();

    /** Sees every write that was acknowledged before the read began, and uses no clock to know it. */
    record Linearizable() implements ReadConsistency {}

    /**
     * Sees every write that was acknowledged more than {@code bound} before the read began, by the reading replica's own
     * monotonic clock.
     */
    record BoundedStaleness(Duration bound) implements ReadConsistency {
        public BoundedStaleness {
            if (bound.isNegative()) {
                throw new IllegalArgumentException("staleness bound < 0: " + bound);
            }
        }
    }

    /** Sees at least everything up to an LSN: read your own writes by the LSN of the last one. */
    record Session(Lsn atLeast) implements ReadConsistency {}

    /** Sees some prefix of the log. */
    record Eventual() implements ReadConsistency {}
}
