package io.quorate.topology.quorum;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The voters of one configuration: one set normally, two while the configuration changes (joint consensus, Raft thesis,
 * section 4.3).
 *
 * @param current voters now, or the new voters during a change; at least one
 * @param previous the old voters during a change, otherwise empty
 * @param <P> type of peer id
 */
public record VoterSets<P extends Comparable<? super P>>(Set<P> current, Set<P> previous) {
    public VoterSets {
        current = Set.copyOf(current);
        previous = Set.copyOf(previous);
        if (current.isEmpty()) {
            throw new IllegalArgumentException("no voter");
        }
    }

    /**
     * Voters of a configuration that is not being changed.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static <P extends Comparable<? super P>> VoterSets<P> of(Set<P> current) {
        return new VoterSets<>(current, Set.of());
    }

    /** Smallest number of a set of {@code voters} that any two such subsets intersect in. */
    public static int majority(int voters) {
        return voters / 2 + 1;
    }

    /** True if the acknowledging peers hold a majority of the current and, in a change, of the previous voters. */
    public boolean isMajority(Set<P> acknowledged) {
        return holds(current, acknowledged, majority(current.size()))
                && (previous.isEmpty() || holds(previous, acknowledged, majority(previous.size())));
    }

    /**
     * True if at least {@code n} of the current (and, in a change, of the previous) voters acknowledged, and a majority of
     * both in any case.
     */
    public boolean isQuorum(Set<P> acknowledged, int n) {
        return isMajority(acknowledged)
                && holds(current, acknowledged, n)
                && (previous.isEmpty() || holds(previous, acknowledged, Math.min(n, previous.size())));
    }

    /** Voters, old and new, that are not among the acknowledging peers; in order. */
    public TreeSet<P> missing(Set<P> acknowledged) {
        TreeSet<P> missing = new TreeSet<>(current);
        missing.addAll(previous);
        missing.removeAll(acknowledged);
        return missing;
    }

    /** All voters, old and new, in order. */
    public TreeSet<P> all() {
        return missing(Set.of());
    }

    private static <P> boolean holds(Set<P> voters, Set<P> acknowledged, int n) {
        return acknowledged.stream()
                        .filter(voters::contains)
                        .collect(Collectors.toSet())
                        .size()
                >= n;
    }
}
