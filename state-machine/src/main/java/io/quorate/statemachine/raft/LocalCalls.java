package io.quorate.statemachine.raft;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;

/**
 * The identity under which this node submits to its own Ratis server. Fresh at every start: retry caches of other nodes live on, and
 * a reused id could be answered from them with another request's reply.
 */
final class LocalCalls {
    private final ClientId clientId = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();

    ClientId clientId() {
        return clientId;
    }

    long nextCallId() {
        return callIds.incrementAndGet();
    }
}
