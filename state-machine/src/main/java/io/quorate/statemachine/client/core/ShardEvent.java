package io.quorate.statemachine.client.core;

import io.quorate.statemachine.wire.LeaderHint;
import io.quorate.statemachine.wire.ServerResponse.Location;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Rejected;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What happens to a shard's client. Nodes are named by address. */
public sealed interface ShardEvent {
    /** Callers want appends. */
    record Submitted(List<? extends Append> appends) implements ShardEvent {}

    /** Callers want reads. */
    record Asked(List<? extends Query> queries) implements ShardEvent {}

    /** A connection can take so much now; {@link ShardCore#wantsToSendTo} said that there is something for it. */
    record Ready(String address, int maxRequests, long maxBytes) implements ShardEvent {}

    /** Attempts were answered; outcomes in the order of the appends. */
    record AppendsAnswered(
            String address, List<Append> appends, List<AppendOutcome> outcomes, Optional<LeaderHint> hint)
            implements ShardEvent {}

    /** Reads were answered; answers in the order of the queries. */
    record QueriesAnswered(String address, List<Query> queries, List<ReadAnswer> answers, Optional<LeaderHint> hint)
            implements ShardEvent {}

    /** A node said where the shard is. */
    record Located(String address, Location location) implements ShardEvent {}

    /** A node refused to say it. */
    record LocateRefused(String address, Rejected refusal) implements ShardEvent {}

    /**
     * A connection was lost or could not be made, and with it the answers to these. Everybody who asked for it is told, also
     * without any of these.
     */
    record Lost(String address, String cause, List<Append> appends, List<Query> queries) implements ShardEvent {}

    /** Round trips were measured. */
    record Measured(Map<String, Long> roundTripNanos) implements ShardEvent {}

    /** Time passed. */
    record Tick() implements ShardEvent {}

    /** Nothing more is wanted. */
    record Closed() implements ShardEvent {}
}
