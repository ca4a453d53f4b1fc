package io.quorate.statemachine.client.core;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The replicas of a shard as a client sees them.
 *
 * @param leader address of the leader, if known
 * @param secondaries addresses of the other replicas that hold data, in order of their ids
 * @param roundTripNanos measured round trips by address, of those that were measured
 */
public record ReplicaView(Optional<String> leader, List<String> secondaries, Map<String, Long> roundTripNanos) {
    public ReplicaView {
        Objects.requireNonNull(leader, "leader");
        secondaries = List.copyOf(secondaries);
        roundTripNanos = Map.copyOf(roundTripNanos);
    }
}
