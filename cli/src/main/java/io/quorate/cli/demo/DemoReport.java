package io.quorate.cli.demo;

import java.util.List;

/**
 * What the demonstration found.
 *
 * @param sent entries appended
 * @param acknowledged entries answered as committed
 * @param found the fewest acknowledged entries that a voter holds byte for byte under their LSN
 * @param longestGapMillis longest time without an acknowledgement while entries were outstanding
 * @param killed the leader that was killed and started again
 * @param added the peer that was added
 * @param removed the peer that was removed
 * @param equal true if nothing is missing, nothing was applied twice, and all voters are equal
 * @param voters each current voter
 * @param directory where the nodes' logs and data are, if they were kept
 */
public record DemoReport(
        int sent,
        int acknowledged,
        int found,
        long longestGapMillis,
        String killed,
        String added,
        String removed,
        boolean equal,
        List<Voter> voters,
        String directory) {
    public DemoReport {
        voters = List.copyOf(voters);
    }

    /** How many voters there are once one was added and one removed. */
    private static final int VOTERS = 3;

    /** The fewest acknowledged entries that one of them holds; 0 without voters. */
    static int found(List<Voter> voters) {
        return voters.stream().mapToInt(Voter::found).min().orElse(0);
    }

    /** True if everything sent was acknowledged, every voter holds all of it and nothing else, and all have one state. */
    static boolean equal(int sent, int acknowledged, List<Voter> voters) {
        return voters.size() == VOTERS
                && acknowledged == sent
                && voters.stream().allMatch(voter -> voter.entries() == sent && voter.found() == acknowledged)
                && voters.stream().noneMatch(voter -> voter.digest().isEmpty())
                && voters.stream().map(Voter::digest).distinct().count() == 1
                && voters.stream().map(Voter::lsn).distinct().count() == 1;
    }

    /**
     * One voter.
     *
     * @param entries entries that it holds in all
     * @param found acknowledged entries that it holds byte for byte under their LSN
     */
    public record Voter(String node, long lsn, String digest, int entries, int found) {}
}
