package io.quorate.statemachine.raft;

import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.quorum.VoterSets;
import java.util.Map;
import java.util.Optional;

/**
 * What those who ask the other voters need to know of this replica's own group. Every call looks anew; but for {@link #self},
 * {@link #leads} and {@link #leader} each throws {@link GroupClosedException} where the group is closed.
 */
interface GroupView {
    /**
     * The members of one configuration.
     *
     * @param voters both sets while it changes
     * @param peers with their addresses, by id; a voter may be missing here, and cannot be asked then
     */
    record Members(VoterSets<PeerId> voters, Map<PeerId, Peer> peers) {
        public Members {
            peers = Map.copyOf(peers);
        }
    }

    PeerId self();

    boolean leads();

    /** Empty if it is not known. */
    Optional<Peer> leader();

    long term();

    long committedIndex();

    /** Term of the entry at an index; -1 if there is none, or no more. */
    long termAt(long index);

    Members members();

    /**
     * What this replica can say of an index: an entry of the term that is named lies on its disk if the flushed index has come so far.
     * While the log is being truncated nothing counts as flushed.
     */
    PeerCalls.LogState logState(long index);
}
