package io.quorate.topology;

/** What a peer does in a shard. */
public enum Role {
    /** Votes, keeps the log and holds the data. */
    VOTER(true, true),
    /** Votes and keeps the log, holds no data. */
    WITNESS(true, false),
    /** Receives the log and holds the data, does not vote (a Raft listener or learner). */
    OBSERVER(false, true);

    private final boolean votes;
    private final boolean holdsData;

    Role(boolean votes, boolean holdsData) {
        this.votes = votes;
        this.holdsData = holdsData;
    }

    /** Whether it counts for majorities. */
    public boolean votes() {
        return votes;
    }

    /** Whether it applies entries, and can serve reads. */
    public boolean holdsData() {
        return holdsData;
    }
}
