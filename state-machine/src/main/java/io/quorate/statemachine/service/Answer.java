package io.quorate.statemachine.service;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.host.QueryResult;
import io.quorate.statemachine.wire.ServerResponse;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.RejectReason;
import java.util.Optional;

/** The answer to one request, on its way back. */
sealed interface Answer {
    /** Id that the client gave to the request. */
    long id();

    /** Bytes of the request, which the client gets its credit for back with the answer. */
    int credit();

    /** Bytes that the answer takes, roughly. */
    default int bytes() {
        return 0;
    }

    /** How an append ended. */
    record Appended(long id, int credit, HostedShard shard, AppendOutcome outcome) implements Answer {
        @Override
        public int bytes() {
            return outcome instanceof AppendOutcome.Committed committed
                    ? committed.result().value().length()
                    : 0;
        }
    }

    /** What a query found. */
    record Found(long id, int credit, QueryResult result) implements Answer {
        @Override
        public int bytes() {
            return result.value().length();
        }
    }

    /** A request that was refused; by a shard, if there is one, whose leader is then told. */
    record Refused(long id, int credit, Optional<HostedShard> shard, RejectReason reason, String message)
            implements Answer {}

    /** An answer that is a frame already. */
    record Ready(long id, int credit, ServerResponse response) implements Answer {}
}
