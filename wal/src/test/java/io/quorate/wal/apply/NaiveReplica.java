package io.quorate.wal.apply;

import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.RejectReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** What {@link BatchSequencer} and {@link WriterSessions} must do, in the plainest way: one answer kept for each sequence. */
final class NaiveReplica {
    private static final class Session {
        long ttl;
        long lastActive;
        long lowWater;
        final TreeMap<Long, Committed> answers = new TreeMap<>();

        /** Bytes of the answers, where those of neighbours in sequence and LSN with equal results count once. */
        long bytes() {
            long bytes = 0;
            Map.Entry<Long, Committed> last = null;
            for (Map.Entry<Long, Committed> answer : answers.entrySet()) {
                boolean same = last != null
                        && last.getKey() + 1 == answer.getKey()
                        && last.getValue().lsn().value() + 1
                                == answer.getValue().lsn().value()
                        && last.getValue().result().equals(answer.getValue().result());
                bytes += same
                        ? 0
                        : WriterSession.RUN_BYTES
                                + answer.getValue().result().value().length();
                last = answer;
            }
            return bytes;
        }
    }

    private final SessionLimits limits;
    private final TreeMap<Long, Session> sessions = new TreeMap<>();
    final List<Long> opened = new ArrayList<>();
    long applied;
    long now;

    NaiveReplica(SessionLimits limits) {
        this.limits = limits;
    }

    List<AppendOutcome> apply(EntryBatch batch, Function<LogEntry, ApplyResult> application) {
        now = Math.max(now, batch.clusterTimeMillis());
        sessions.values().removeIf(s -> s.lastActive + s.ttl < now);
        List<AppendOutcome> outcomes = new ArrayList<>();
        for (LogRecord record : batch.records()) {
            outcomes.add(apply(record, application));
        }
        return outcomes;
    }

    private AppendOutcome apply(LogRecord record, Function<LogEntry, ApplyResult> application) {
        Session session = sessions.get(record.writer());
        if (record.writer() != 0) {
            if (session == null) {
                return new Rejected(RejectReason.SESSION_EXPIRED, "");
            }
            session.lastActive = now;
            session.lowWater = Math.max(session.lowWater, record.lowWater());
            session.answers.headMap(session.lowWater, true).clear();
            if (record.sequence() <= session.lowWater) {
                return new Rejected(RejectReason.ALREADY_ACKNOWLEDGED, "");
            }
            if (session.answers.containsKey(record.sequence())) {
                return session.answers.get(record.sequence());
            }
            if (record.kind() != EntryKind.SESSION_CLOSE && isFull(session)) {
                return new Rejected(RejectReason.SESSION_FULL, "");
            }
        }
        if (record.kind() == EntryKind.SESSION_OPEN && sessions.size() == limits.maxSessions()) {
            return new Rejected(RejectReason.TOO_MANY_SESSIONS, "");
        }
        applied++;
        LogEntry entry = new LogEntry(new Lsn(applied), 1, now, record);
        Committed answer = new Committed(new Lsn(applied), result(entry, application));
        if (session != null) {
            session.answers.put(record.sequence(), answer);
        }
        return answer;
    }

    private boolean isFull(Session session) {
        long total = sessions.values().stream().mapToLong(Session::bytes).sum();
        return session.answers.size() >= limits.maxWindow()
                || session.bytes() >= limits.maxSessionBytes()
                || total >= limits.maxTotalBytes();
    }

    private ApplyResult result(LogEntry entry, Function<LogEntry, ApplyResult> application) {
        LogRecord record = entry.record();
        if (record.kind() == EntryKind.USER) {
            return application.apply(entry);
        }
        if (record.kind() == EntryKind.SESSION_OPEN) {
            if (record.payload().length() != 8) {
                return ApplyResult.refusal("session open without a time to live");
            }
            Session session = new Session();
            session.ttl = Math.min(record.payload().longAt(0), limits.maxTtlMillis());
            session.lastActive = now;
            sessions.put(entry.lsn().value(), session);
            opened.add(entry.lsn().value());
        } else if (record.writer() == 0) {
            return ApplyResult.refusal(record.kind() + " outside of a session");
        } else if (record.kind() == EntryKind.SESSION_CLOSE) {
            sessions.remove(record.writer());
        }
        return ApplyResult.OK;
    }
}
