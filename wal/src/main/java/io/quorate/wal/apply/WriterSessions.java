package io.quorate.wal.apply;

import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.RejectReason;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;

/**
 * All writer sessions of a shard. Exactly-once for retries: a record of a live session is new once, afterwards it is answered
 * from memory; a record of an unknown session is refused. State is a function of the committed log only.
 *
 * <p>Not thread-safe: owned by the thread that applies.
 */
public final class WriterSessions {
    /** When a session may have expired; looked at again when due, since activity moves the real time. */
    private record Due(long atMillis, long writer) {}

    private final SessionLimits limits;
    private final Map<Long, WriterSession> sessions = new HashMap<>();
    private final PriorityQueue<Due> dues =
            new PriorityQueue<>(Comparator.comparingLong(Due::atMillis).thenComparingLong(Due::writer));
    /** Writers whose stored form is out of date. */
    private final Set<Long> dirty = new HashSet<>();

    public WriterSessions(SessionLimits limits) {
        this.limits = limits;
    }

    public int size() {
        return sessions.size();
    }

    /** Ends sessions that were idle for longer than their time to live. */
    void expire(long nowMillis) {
        while (!dues.isEmpty() && dues.peek().atMillis() < nowMillis) {
            Due due = dues.poll();
            WriterSession session = sessions.get(due.writer());
            if (session == null) {
                continue;
            }
            if (session.expiresAtMillis() < nowMillis) {
                close(due.writer());
            } else {
                dues.add(new Due(session.expiresAtMillis(), due.writer()));
            }
        }
    }

    /**
     * Decides on a record before it is applied.
     *
     * @return empty if it is new and must be applied and then {@linkplain #remember remembered}; else its answer
     */
    Optional<AppendOutcome> admit(LogRecord record, long nowMillis) {
        if (record.writer() == 0) {
            return Optional.empty();
        }
        WriterSession session = sessions.get(record.writer());
        if (session == null) {
            return refuse(RejectReason.SESSION_EXPIRED, "writer session " + record.writer() + " is unknown or expired");
        }
        session.touch(nowMillis);
        session.advanceLowWater(record.lowWater());
        dirty.add(record.writer());
        if (record.sequence() <= session.lowWater()) {
            return refuse(
                    RejectReason.ALREADY_ACKNOWLEDGED,
                    "sequence " + record.sequence() + " of writer " + record.writer()
                            + " was answered and acknowledged");
        }
        Optional<AppendOutcome> known = session.find(record.sequence()).map(c -> c);
        if (known.isEmpty() && !session.hasRoom(limits)) {
            return refuse(
                    RejectReason.SESSION_FULL,
                    "writer session " + record.writer() + " has " + limits.maxWindow()
                            + " unacknowledged results; acknowledge by raising the low-water mark");
        }
        return known;
    }

    private static Optional<AppendOutcome> refuse(RejectReason reason, String message) {
        return Optional.of(new Rejected(reason, message));
    }

    void remember(LogRecord record, long lsn, ApplyResult result) {
        WriterSession session = sessions.get(record.writer());
        if (session != null) {
            session.remember(record.sequence(), lsn, result);
        }
    }

    boolean isFull() {
        return sessions.size() >= limits.maxSessions();
    }

    void open(long writer, long ttlMillis, long nowMillis) {
        WriterSession session =
                new WriterSession(writer, Math.max(1, Math.min(ttlMillis, limits.maxTtlMillis())), nowMillis);
        sessions.put(writer, session);
        dues.add(new Due(session.expiresAtMillis(), writer));
        dirty.add(writer);
    }

    void close(long writer) {
        sessions.remove(writer);
        dirty.add(writer);
    }

    /**
     * The stored form of every session that changed since the last call: its bytes, or empty if it ended. Ordered by writer.
     */
    public Map<Long, Optional<Bytes>> drainChanges() {
        Map<Long, Optional<Bytes>> changes = new TreeMap<>();
        for (long writer : dirty) {
            changes.put(writer, Optional.ofNullable(sessions.get(writer)).map(WriterSession::encode));
        }
        dirty.clear();
        return changes;
    }

    /** Takes a session from its stored form, at opening. */
    public void load(long writer, Bytes stored) {
        WriterSession session = WriterSession.decode(writer, stored);
        sessions.put(writer, session);
        dues.add(new Due(session.expiresAtMillis(), writer));
    }
}
