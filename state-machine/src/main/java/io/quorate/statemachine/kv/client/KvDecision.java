package io.quorate.statemachine.kv.client;

import io.quorate.statemachine.kv.KvResult;
import io.quorate.wal.log.Lsn;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What became of a conditional write.
 *
 * @param lsn at which it was decided
 * @param failure the first condition that did not hold, with what its key held; empty if all did and everything was written
 * @param missing voters that a concern above MAJORITY waited for in vain; it is decided all the same
 */
public record KvDecision(Lsn lsn, Optional<KvResult.Failed> failure, Set<String> missing) {
    public KvDecision {
        Objects.requireNonNull(lsn, "lsn");
        Objects.requireNonNull(failure, "failure");
        missing = Set.copyOf(missing);
    }

    /** True if the conditions held and everything was written. */
    public boolean done() {
        return failure.isEmpty();
    }
}
