package io.quorate.statemachine.host;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import java.util.Objects;

/**
 * An application's answer to a query.
 *
 * @param applied LSN of the state that all reads of the query saw; a token for a later {@code Session} read
 */
public record QueryResult(Lsn applied, Bytes value) {
    public QueryResult {
        Objects.requireNonNull(applied, "applied");
        Objects.requireNonNull(value, "value");
    }
}
