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

    /**
     * One voter.
     *
     * @param entries entries that it holds in all
     * @param found acknowledged entries that it holds byte for byte under their LSN
     */
    public record Voter(String node, long lsn, String digest, int entries, int found) {}
}
