package io.quorate.statemachine.kv.client;

import io.quorate.wal.log.Lsn;
import java.util.Optional;
import java.util.Set;

/**
 * A write that happened.
 *
 * @param lsn its place in the log, which is the version of what it wrote; empty for concern ONE, where it may still be lost
 * @param missing voters that a concern above MAJORITY waited for in vain; the write is committed all the same
 */
public record KvWritten(Optional<Lsn> lsn, Set<String> missing) {
    public KvWritten {
        missing = Set.copyOf(missing);
    }
}
