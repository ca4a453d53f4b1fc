package io.quorate.statemachine.client;

import io.quorate.statemachine.client.core.Query;
import io.quorate.statemachine.client.core.ReadAnswer;
import io.quorate.statemachine.host.QueryResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import java.util.concurrent.CompletableFuture;

/** A read that a caller waits for. */
final class PendingQuery extends Query {
    private final CompletableFuture<QueryResult> future = new CompletableFuture<>();

    PendingQuery(Bytes bytes, ReadConsistency consistency, ReadPreference preference, long deadlineNanos) {
        super(bytes, consistency, preference, deadlineNanos);
    }

    CompletableFuture<QueryResult> future() {
        return future;
    }

    void complete() {
        ReadAnswer answer = answer();
        if (answer instanceof ReadAnswer.Found found) {
            future.complete(found.result());
        } else if (answer instanceof ReadAnswer.Refused refused) {
            future.completeExceptionally(exception(refused.reason(), refused.message()));
        } else {
            throw new AssertionError("unhandled: " + answer);
        }
    }

    static RuntimeException exception(RejectReason reason, String message) {
        return reason == RejectReason.INVALID
                ? new IllegalArgumentException(message)
                : new ReadUnavailableException(reason, message);
    }
}
