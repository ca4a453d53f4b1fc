package io.quorate.statemachine.client.core;

import io.quorate.statemachine.host.QueryResult;
import io.quorate.wal.log.RejectReason;
import java.util.Objects;

/** How a read ended. */
public sealed interface ReadAnswer {
    /** The application answered. */
    record Found(QueryResult result) implements ReadAnswer {
        public Found {
            Objects.requireNonNull(result, "result");
        }
    }

    /** It could not be served. */
    record Refused(RejectReason reason, String message) implements ReadAnswer {
        public Refused {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(message, "message");
        }
    }
}
