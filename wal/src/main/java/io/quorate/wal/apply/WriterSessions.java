package io.quorate.wal.apply;

import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.RejectReason;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All writer sessions of a shard. Exactly-once for retries: a record of a live session is new once, afterwards it is answered
 * from memory; a record of an unknown session is refused. State is a function of the committed log only.
 *
 * <p>Not thread-safe: owned by the thread that applies.
 */
public final class WriterSessions {
    /** When a session may have expired; looked at again when due, since activity moves the real time. */
    private record Due(long atMillis, long writer) {}

    private static final class Entry {
        final WriterSession session;
        /** Invariant: in {@link #dues}, and not later than the session expires. */
        Due due;

        Entry(WriterSession session, long writer) {
            this.session = session;
            this.due = new Due(session.expiresAtMillis(), writer);
        }
    }

    private final SessionLimits limits;
    private final Map<Long, Entry> sessions = new HashMap<>();
    /** Invariant: one for each session. */
    private final TreeSet<Due> dues =
            new TreeSet<>(Comparator.comparingLong(Due::atMillis).thenComparingLong(Due::writer));
    /** Writers whose stored form is out of date. */
    private final Set<Long> dirty = new HashSet<>();
    /** Invariant: the sum of what all sessions remember. */
    private long totalBytes;

    public WriterSessions(SessionLimits limits) {
        this.limits = limits;
    }

    public int size() {
        return sessions.size();
    }

    /** What the remembered answers of all sessions cost in memory, roughly. */
    public long totalBytes() {
        return totalBytes;
    }

    /** Ends sessions that were idle for longer than their time to live. */
    void expire(long nowMillis) {
        while (!dues.isEmpty() && dues.first().atMillis() < nowMillis) {
            Due due = dues.first();
            Entry entry = sessions.get(due.writer());
            if (entry.session.expiresAtMillis() < nowMillis) {
                close(due.writer());
            } else {
                dues.remove(due);
                entry.due = new Due(entry.session.expiresAtMillis(), due.writer());
                dues.add(entry.due);
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
        Entry entry = sessions.get(record.writer());
        if (entry == null) {
            return refuse(RejectReason.SESSION_EXPIRED, "writer session " + record.writer() + " is unknown or expired");
        }
        WriterSession session = noteActivity(entry, record, nowMillis);
        if (record.sequence() <= session.lowWater()) {
            return refuse(
                    RejectReason.ALREADY_ACKNOWLEDGED,
                    "sequence " + record.sequence() + " of writer " + record.writer()
                            + " was answered and acknowledged");
        }
        Optional<Committed> known = session.find(record.sequence());
        if (known.isPresent()) {
            return Optional.of(known.get());
        }
        // Ending a session needs no room and gives some back.
        if (record.kind() != EntryKind.SESSION_CLOSE && !hasRoom(session)) {
            return refuse(
                    RejectReason.SESSION_FULL,
                    "writer session " + record.writer()
                            + " or all sessions together hold as many unacknowledged results as "
                            + "they may (" + limits.maxWindow() + " and " + limits.maxSessionBytes() + " bytes, "
                            + limits.maxTotalBytes() + " bytes in all); acknowledge by raising the low-water mark");
        }
        return Optional.empty();
    }

    /**
     * Takes note of a record that was admitted elsewhere. A session that has no place for it here ends, as does one that thinks it
     * knows it: to forget a session is safe, to answer wrongly is not.
     */
    void follow(LogRecord record, long nowMillis) {
        Entry entry = record.writer() == 0 ? null : sessions.get(record.writer());
        if (entry == null) {
            return;
        }
        WriterSession session = noteActivity(entry, record, nowMillis);
        boolean isNew = record.sequence() > session.lowWater()
                && session.find(record.sequence()).isEmpty();
        if (!isNew || !hasRoom(session)) {
            close(record.writer());
        }
    }

    private WriterSession noteActivity(Entry entry, LogRecord record, long nowMillis) {
        WriterSession session = entry.session;
        session.touch(nowMillis);
        long before = session.bytes();
        session.advanceLowWater(record.lowWater());
        totalBytes += session.bytes() - before;
        dirty.add(record.writer());
        return session;
    }

    private boolean hasRoom(WriterSession session) {
        return session.hasRoom(limits) && totalBytes < limits.maxTotalBytes();
    }

    private static Optional<AppendOutcome> refuse(RejectReason reason, String message) {
        return Optional.of(new Rejected(reason, message));
    }

    /** Remembers the answer to a record, unless it is outside of a session or its session has ended meanwhile. */
    void remember(LogRecord record, long lsn, ApplyResult result) {
        Entry entry = record.writer() == 0 ? null : sessions.get(record.writer());
        if (entry != null) {
            long before = entry.session.bytes();
            entry.session.remember(record.sequence(), lsn, result);
            totalBytes += entry.session.bytes() - before;
        }
    }

    boolean isFull() {
        return sessions.size() >= limits.maxSessions();
    }

    void open(long writer, long ttlMillis, long nowMillis) {
        long ttl = Math.max(1, Math.min(ttlMillis, limits.maxTtlMillis()));
        add(writer, new WriterSession(writer, ttl, nowMillis));
        dirty.add(writer);
    }

    private void add(long writer, WriterSession session) {
        Entry entry = new Entry(session, writer);
        if (sessions.putIfAbsent(writer, entry) != null) {
            throw new IllegalStateException("writer session " + writer + " is open already");
        }
        dues.add(entry.due);
        totalBytes += session.bytes();
    }

    void close(long writer) {
        Entry entry = sessions.remove(writer);
        if (entry != null) {
            dues.remove(entry.due);
            totalBytes -= entry.session.bytes();
            dirty.add(writer);
        }
    }

    /**
     * The stored form of every session that changed since the last call: its bytes, or empty if it ended. Ordered by writer.
     */
    public Map<Long, Optional<Bytes>> drainChanges() {
        Map<Long, Optional<Bytes>> changes = new TreeMap<>();
        for (long writer : dirty) {
            changes.put(writer, Optional.ofNullable(sessions.get(writer)).map(entry -> entry.session.encode()));
        }
        dirty.clear();
        return changes;
    }

    /**
     * Takes a session from its stored form, at opening.
     *
     * @throws io.quorate.wal.log.CorruptFormatException if the bytes are not the intact stored form of that writer's session
     */
    public void load(long writer, Bytes stored) {
        add(writer, WriterSession.decode(writer, stored));
    }
}
