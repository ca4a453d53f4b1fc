package io.quorate.wal.log;

import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A replica's view of its shard; each field is read by itself, so two of them may be a moment apart.
 *
 * @param self this replica
 * @param leader the leader it knows of
 * @param epoch its current term or ballot
 * @param applied last LSN applied here
 * @param appliedIndex consensus index that {@code applied} corresponds to
 * @param committedIndex consensus index known to be committed
 * @param peers members by the latest configuration known here
 * @param versions by which entries are applied here now
 * @param health empty if in order, else what is wrong
 */
public record LogStatus(
        PeerId self,
        Optional<PeerId> leader,
        long epoch,
        Lsn applied,
        long appliedIndex,
        long committedIndex,
        List<Peer> peers,
        LogVersions versions,
        Optional<String> health) {
    public LogStatus {
        Objects.requireNonNull(self, "self");
        Objects.requireNonNull(applied, "applied");
        Objects.requireNonNull(versions, "versions");
        peers = List.copyOf(peers);
    }

    /** Whether this replica leads, as far as it knows itself. */
    public boolean leads() {
        return leader.filter(self::equals).isPresent();
    }
}
