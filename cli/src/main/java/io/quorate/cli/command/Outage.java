package io.quorate.cli.command;

import io.quorate.wal.log.Lsn;
import java.time.Duration;
import java.util.Optional;

/**
 * What a reader that waits is told of an outage: at first only that it waits, since an election takes a moment and goes by; why, once
 * it has lasted. Each once an outage. Pure.
 */
final class Outage {
    private static final long WORTH_A_REASON_NANOS = Duration.ofSeconds(10).toNanos();

    private boolean lasts;
    private boolean explained;
    private long sinceNanos;

    /** Reading failed; the line to tell, if there is one. */
    Optional<String> goesOn(Lsn next, String reason, long nowNanos) {
        if (!lasts) {
            lasts = true;
            explained = false;
            sinceNanos = nowNanos;
            return Optional.of("log tail: waiting for a leader, at lsn " + next);
        }
        if (!explained && nowNanos - sinceNanos >= WORTH_A_REASON_NANOS) {
            explained = true;
            return Optional.of("log tail: still waiting, at lsn " + next + ": " + reason);
        }
        return Optional.empty();
    }

    /** Reading succeeded; true if it had failed before. */
    boolean isOver() {
        boolean lasted = lasts;
        lasts = false;
        return lasted;
    }
}
