package io.quorate.wal.log;

/**
 * When an append is answered. Below {@link Majority} an answer may be lost; above it, it waits for more voters than the commit
 * needs. Acknowledgements are sets of voters, old and new ones during a change of configuration.
 */
public sealed interface WriteConcern {
    WriteConcern ONE = new One();
    WriteConcern MAJORITY = new Majority();
    WriteConcern ALL = new All();

    static WriteConcern quorum(int n) {
        return new Quorum(n);
    }

    /** Answered when the leader's own disk has the entry. May be lost with the leader: {@link AppendOutcome.LeaderDurable}. */
    record One() implements WriteConcern {}

    /** Answered when committed and applied by the leader. The default. */
    record Majority() implements WriteConcern {}

    /** Answered when committed, applied by the leader and on the disks of all voters. */
    record All() implements WriteConcern {}

    /**
     * Answered when committed, applied by the leader and on the disks of {@code n} voters.
     *
     * @param n from 1; raised to a majority where it is less
     */
    record Quorum(int n) implements WriteConcern {
        public Quorum {
            if (n < 1) {
                throw new IllegalArgumentException("quorum of " + n);
            }
        }
    }
}
