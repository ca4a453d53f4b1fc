package io.quorate.statemachine.client;

import io.quorate.statemachine.client.core.Append;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.WriteConcern;
import java.util.concurrent.CompletableFuture;

/** An append that a caller waits for. */
final class PendingAppend extends Append {
    private final CompletableFuture<AppendOutcome> future = new CompletableFuture<>();

    PendingAppend(Bytes command, WriteConcern concern, long deadlineNanos) {
        super(EntryKind.USER, command, concern, deadlineNanos);
    }

    CompletableFuture<AppendOutcome> future() {
        return future;
    }
}
