package io.quorate.wal.apply;

import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A replica whose store is a map: what a store batch would hold, it holds after {@link #commit}. */
final class Replica {
    private final SessionLimits limits;
    private final TreeMap<Long, Bytes> stored = new TreeMap<>();
    private long storedLsn;
    private long storedTime;
    private WriterSessions sessions;
    private BatchSequencer sequencer;
    final List<LogEntry> entries = new ArrayList<>();

    Replica(SessionLimits limits) {
        this.limits = limits;
        reopen();
    }

    List<AppendOutcome> apply(EntryBatch batch) {
        return sequencer.apply(batch, 1, entry -> {
            entries.add(entry);
            return Scenario.answer(entry);
        });
    }

    void commit() {
        for (Map.Entry<Long, Optional<Bytes>> change : sessions.drainChanges().entrySet()) {
            change.getValue()
                    .ifPresentOrElse(bytes -> stored.put(change.getKey(), bytes), () -> stored.remove(change.getKey()));
        }
        storedLsn = sequencer.applied().value();
        storedTime = sequencer.clusterTimeMillis();
    }

    /** Goes on from what was committed last, as after a crash. */
    void reopen() {
        sessions = new WriterSessions(limits);
        sequencer = new BatchSequencer(sessions, new Lsn(storedLsn), storedTime);
        stored.forEach(sessions::load);
    }

    Map<Long, Bytes> stored() {
        return stored;
    }

    Lsn applied() {
        return sequencer.applied();
    }

    int openSessions() {
        return sessions.size();
    }
}
