package io.quorate.statemachine.raft;

import io.quorate.statemachine.store.Position;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Lsn;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Where LSNs lie in the Raft log: every so often the position between two batches; the batches in between are counted. A batch in
 * which not every record is a new entry (retries, refusals) is noted with those that are, since that cannot be seen from the batch
 * alone.
 *
 * <p>In memory: begins at the position that the replica opened, and grows as it replays and applies. Bounded: the oldest go first,
 * and with them what can be served. Written by the thread that applies, read by any.
 */
final class LsnIndex {
    private static final int BATCHES_BETWEEN = 64;
    private static final long BYTES_BETWEEN = 256 << 10;
    private static final int MAX_POINTS = 1 << 14;
    private static final int MAX_IRREGULAR = 1 << 14;

    /** Positions between batches, by LSN. Invariant: never empty. */
    private final ConcurrentSkipListMap<Long, Position> points = new ConcurrentSkipListMap<>();
    /** Records that took an LSN, by consensus index, for batches in which not all did. */
    private final ConcurrentSkipListMap<Long, BitSet> irregular = new ConcurrentSkipListMap<>();

    private int batches;
    private long bytes;

    LsnIndex(Position opened) {
        points.put(opened.lsn().value(), opened);
    }

    /**
     * Notes an applied batch, before others may see that it is.
     *
     * @param before position that it was applied at
     * @param after position behind it
     * @param outcomes of its records
     */
    void applied(Position before, Position after, List<AppendOutcome> outcomes, int batchBytes) {
        long taken = after.lsn().value() - before.lsn().value();
        if (taken != outcomes.size()) {
            irregular.put(after.index(), placed(before, outcomes));
        }
        batches++;
        bytes += batchBytes;
        if (batches >= BATCHES_BETWEEN || bytes >= BYTES_BETWEEN) {
            batches = 0;
            bytes = 0;
            points.put(after.lsn().value(), after);
        }
        if (irregular.size() > MAX_IRREGULAR) {
            note(after); // so that there is a position to go on from
            forgetUpTo(irregular.firstKey());
        }
        while (points.size() > MAX_POINTS) {
            points.pollFirstEntry();
        }
    }

    private static BitSet placed(Position before, List<AppendOutcome> outcomes) {
        BitSet placed = new BitSet(outcomes.size());
        long next = before.lsn().value() + 1;
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof Committed committed
                    && committed.lsn().value() == next) {
                placed.set(i);
                next++;
            }
        }
        return placed;
    }

    /** Notes a position between two batches: that of a checkpoint, up to which the log may go. */
    void note(Position position) {
        points.put(position.lsn().value(), position);
    }

    /** The log up to an index is gone, or not to be read any more. */
    void forgetUpTo(long index) {
        irregular.headMap(index, true).clear();
        while (points.size() > 1 && points.firstEntry().getValue().index() < index) {
            points.pollFirstEntry();
        }
    }

    /** The last position noted that lies before an LSN; empty if none is. */
    Optional<Position> before(Lsn lsn) {
        return Optional.ofNullable(points.lowerEntry(lsn.value())).map(Map.Entry::getValue);
    }

    /**
     * The first LSN from which entries can be read; empty if none is known.
     *
     * @param firstIndex the first index that the log holds
     */
    Optional<Lsn> first(long firstIndex) {
        for (Position point : points.values()) {
            if (point.index() + 1 >= firstIndex) {
                return Optional.of(point.lsn().next());
            }
        }
        return Optional.empty();
    }

    /** Records of the batch at an index that took an LSN; empty if all did. */
    Optional<BitSet> placed(long index) {
        return Optional.ofNullable(irregular.get(index));
    }
}
