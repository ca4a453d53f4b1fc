package io.quorate.statemachine.client.core;

import java.util.List;

/** What is to be done, in order. */
public sealed interface ShardAction {
    /** Give attempts to a connection, in order; each must be answered or lost later. */
    record Send(String address, List<Append> appends) implements ShardAction {}

    /** Give reads to a connection; each must be answered or lost later. */
    record Ask(String address, List<Query> queries) implements ShardAction {}

    /** Ask a node where the shard is, connecting to it if need be. */
    record Locate(String address) implements ShardAction {}

    /** See that there is a connection to a node; {@link ShardEvent.Ready} or {@link ShardEvent.Lost} tells. */
    record Connect(String address) implements ShardAction {}

    /** Tell the callers. */
    record Finish(List<Append> appends) implements ShardAction {}

    /** Tell the callers. */
    record FinishReads(List<Query> queries) implements ShardAction {}
}
