package io.quorate.statemachine.client;

import java.util.concurrent.atomic.LongAdder;

/** What a client counts. */
final class ClientCounters {
    final LongAdder requestMessages = new LongAdder();
    final LongAdder responseMessages = new LongAdder();
    final LongAdder appendsSent = new LongAdder();
    final LongAdder queriesSent = new LongAdder();
    final LongAdder connectionsOpened = new LongAdder();
    final LongAdder connectionsLost = new LongAdder();
}
