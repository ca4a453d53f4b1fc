package io.quorate.statemachine.client.core;

import java.util.Optional;

/** Chooses the replica that serves a read. Pure. */
@FunctionalInterface
public interface ReplicaChoice {
    /**
     * Chooses.
     *
     * @param replicas what is known
     * @param avoid address that failed this read last: taken only if there is no other
     * @param turn a number that grows with each choice, to spread reads
     * @return address to ask, or empty if none fits as far as is known
     */
    Optional<String> choose(ReplicaView replicas, Optional<String> avoid, long turn);
}
