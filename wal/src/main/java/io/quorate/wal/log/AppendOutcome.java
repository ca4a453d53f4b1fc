package io.quorate.wal.log;

import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** How an append ended. There is no fifth way, and no exception stands for one of these. */
public sealed interface AppendOutcome {
    /**
     * In the log for good.
     *
     * @param lsn its place
     * @param result the application's answer
     * @param missing names of the voters that a concern above MAJORITY still waited for when its time was over; empty if the
     *     concern was met
     */
    record Committed(Lsn lsn, ApplyResult result, Set<String> missing) implements AppendOutcome {
        public Committed {
            Objects.requireNonNull(lsn, "lsn");
            Objects.requireNonNull(result, "result");
            missing = missing.isEmpty() ? Set.of() : Collections.unmodifiableSet(new TreeSet<>(missing));
        }

        /** Committed, and on the disk of everybody that was asked for. */
        public Committed(Lsn lsn, ApplyResult result) {
            this(lsn, result, Set.of());
        }
    }

    /**
     * On the leader's disk; answered to concern ONE only, and may still be lost with the leader.
     *
     * @param epoch term in which it was submitted
     * @param index consensus index of its batch
     */
    record LeaderDurable(long epoch, long index) implements AppendOutcome {}

    /** Certainly not applied, and never will be. */
    record Rejected(RejectReason reason, String message) implements AppendOutcome {
        public Rejected {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(message, "message");
        }
    }

    /**
     * May or may not be, or become, part of the log, also later. The same record again, in its writer session, would settle it; that is
     * what a client does by itself until the deadline. Another append of the same command is another entry.
     */
    record Indeterminate(String message) implements AppendOutcome {
        public Indeterminate {
            Objects.requireNonNull(message, "message");
        }
    }
}
