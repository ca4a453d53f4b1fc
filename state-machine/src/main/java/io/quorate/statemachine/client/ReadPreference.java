package io.quorate.statemachine.client;

import io.quorate.statemachine.client.core.ReplicaChoice;
import io.quorate.statemachine.client.core.ReplicaView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which replica serves a read; what it may answer is the consistency's business. */
public enum ReadPreference implements ReplicaChoice {
    /** The leader. */
    PRIMARY {
        @Override
        public Optional<String> choose(ReplicaView replicas, Optional<String> avoid, long turn) {
            return replicas.leader();
        }
    },
    /** The leader, or another replica while there is no leader or it failed. */
    PRIMARY_PREFERRED {
        @Override
        public Optional<String> choose(ReplicaView replicas, Optional<String> avoid, long turn) {
            boolean leaderFailed =
                    replicas.leader().isPresent() && replicas.leader().equals(avoid);
            Optional<String> other = spread(replicas.secondaries(), avoid, turn);
            return replicas.leader().isEmpty() || leaderFailed && other.isPresent() ? other : replicas.leader();
        }
    },
    /** A replica that does not lead; reads are spread over all of them. */
    SECONDARY {
        @Override
        public Optional<String> choose(ReplicaView replicas, Optional<String> avoid, long turn) {
            return spread(replicas.secondaries(), avoid, turn);
        }
    },
    /** A replica that does not lead, or the leader if there is none or it failed. */
    SECONDARY_PREFERRED {
        @Override
        public Optional<String> choose(ReplicaView replicas, Optional<String> avoid, long turn) {
            Optional<String> secondary = spread(replicas.secondaries(), avoid, turn);
            boolean failed = avoid.filter(replicas.secondaries()::contains).isPresent()
                    && replicas.leader().isPresent();
            return secondary.isEmpty() || failed ? replicas.leader() : secondary;
        }
    },
    /** The replica with the shortest measured round trip; one that was not measured counts as far. */
    NEAREST {
        @Override
        public Optional<String> choose(ReplicaView replicas, Optional<String> avoid, long turn) {
            List<String> all = new ArrayList<>(replicas.secondaries());
            replicas.leader().ifPresent(all::add);
            if (all.size() > 1) {
                avoid.ifPresent(all::remove);
            }
            return all.stream().min(Comparator.comparingLong(address -> replicas.roundTripNanos()
                    .getOrDefault(address, Long.MAX_VALUE)));
        }
    };

    private static Optional<String> spread(List<String> addresses, Optional<String> avoid, long turn) {
        if (addresses.isEmpty()) {
            return Optional.empty();
        }
        int at = (int) Math.floorMod(turn, (long) addresses.size());
        boolean failed = avoid.isPresent() && addresses.get(at).equals(avoid.get());
        return Optional.of(addresses.get(failed ? (at + 1) % addresses.size() : at));
    }
}
