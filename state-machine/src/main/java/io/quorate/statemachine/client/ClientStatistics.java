package io.quorate.statemachine.client;

import java.util.Map;

/**
 * What a client did so far.
 *
 * @param requestMessages messages sent
 * @param responseMessages messages received
 * @param appendsSent attempts of appends, those of its sessions included
 * @param queriesSent attempts of reads
 * @param connectionsOpened connections that a node welcomed
 * @param connectionsLost connections that ended, or could not be made, other than by closing the client
 * @param outstanding requests that wait for their outcome now
 * @param roundTripNanos measured round trips by address, smoothed
 */
public record ClientStatistics(
        long requestMessages,
        long responseMessages,
        long appendsSent,
        long queriesSent,
        long connectionsOpened,
        long connectionsLost,
        int outstanding,
        Map<String, Long> roundTripNanos) {
    public ClientStatistics {
        roundTripNanos = Map.copyOf(roundTripNanos);
    }
}
