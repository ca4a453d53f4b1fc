package io.quorate.wal.apply;

import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.RejectReason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Gives LSNs: the next dense number to each record of a committed batch that is not a retry, as a pure function of the committed
 * log. Stamping them earlier, at the leader, would be unsafe: a failed append after stamping leaves a hole.
 *
 * <p>Not thread-safe: owned by the thread that applies.
 */
public final class BatchSequencer {
    private final WriterSessions sessions;
    private final AgreedVersions versions;
    private long applied;
    /** Invariant: never goes back. */
    private long clusterTimeMillis;

    /** For a log whose versions never change. */
    public BatchSequencer(WriterSessions sessions, Lsn applied, long clusterTimeMillis) {
        this(sessions, AgreedVersions.first(), applied, clusterTimeMillis);
    }

    public BatchSequencer(WriterSessions sessions, AgreedVersions versions, Lsn applied, long clusterTimeMillis) {
        this.sessions = sessions;
        this.versions = versions;
        this.applied = applied.value();
        this.clusterTimeMillis = clusterTimeMillis;
    }

    public Lsn applied() {
        return new Lsn(applied);
    }

    public long clusterTimeMillis() {
        return clusterTimeMillis;
    }

    /**
     * Applies a committed batch.
     *
     * @param epoch of the leader that logged it
     * @param application applies one entry of kind {@link EntryKind#USER}; if it throws, the caller must discard this sequencer
     * @return the outcome of each record, in order: {@link Committed} or {@link Rejected}
     * @throws io.quorate.wal.log.UnsupportedVersionException if this replica does not have the versions in force or asked for
     */
    public List<AppendOutcome> apply(EntryBatch batch, long epoch, Function<LogEntry, ApplyResult> application) {
        versions.check();
        clusterTimeMillis = Math.max(clusterTimeMillis, batch.clusterTimeMillis());
        sessions.expire(clusterTimeMillis);
        List<AppendOutcome> outcomes = new ArrayList<>(batch.records().size());
        for (LogRecord record : batch.records()) {
            Optional<AppendOutcome> known = sessions.admit(record, clusterTimeMillis);
            outcomes.add(known.isPresent() ? known.get() : applyNew(record, epoch, application));
        }
        return outcomes;
    }

    private AppendOutcome applyNew(LogRecord record, long epoch, Function<LogEntry, ApplyResult> application) {
        if (record.kind() == EntryKind.SESSION_OPEN && sessions.isFull()) {
            return new Rejected(RejectReason.TOO_MANY_SESSIONS, "the shard has as many writer sessions as it may");
        }
        LogEntry entry = new LogEntry(new Lsn(applied + 1), epoch, clusterTimeMillis, record);
        ApplyResult result = record.kind() == EntryKind.USER ? application.apply(entry) : applySystem(entry);
        applied++;
        sessions.remember(record, applied, result);
        return new Committed(entry.lsn(), result);
    }

    /**
     * Takes an entry that has its LSN already: shipped, restored, or read from a committed log. Writer sessions follow as far as
     * entries tell: activity and time without an entry (retries answered from memory) are not seen here, so a session may end
     * earlier or later than where the LSN was given. What it answers is right in either case.
     *
     * @param application as for {@link #apply}
     * @throws IllegalArgumentException if it is not the next entry
     */
    public ApplyResult replay(LogEntry entry, Function<LogEntry, ApplyResult> application) {
        if (entry.lsn().value() != applied + 1) {
            throw new IllegalArgumentException("entry " + entry.lsn() + " does not follow " + applied);
        }
        versions.check();
        clusterTimeMillis = Math.max(clusterTimeMillis, entry.timestampMillis());
        sessions.expire(clusterTimeMillis);
        sessions.follow(entry.record(), clusterTimeMillis);
        ApplyResult result = entry.kind() == EntryKind.USER ? application.apply(entry) : applySystem(entry);
        applied++;
        sessions.remember(entry.record(), applied, result);
        return result;
    }

    private ApplyResult applySystem(LogEntry entry) {
        LogRecord record = entry.record();
        if (record.kind() == EntryKind.SESSION_OPEN) {
            return openSession(entry);
        }
        if (record.kind() == EntryKind.VERSIONS) {
            return versions.raise(entry.lsn(), record.payload());
        }
        if (record.writer() == 0) {
            return ApplyResult.refusal(record.kind() + " outside of a session");
        }
        if (record.kind() == EntryKind.SESSION_CLOSE) {
            sessions.close(record.writer());
        } else if (record.kind() != EntryKind.SESSION_TOUCH) {
            throw new AssertionError("unhandled: " + record.kind());
        }
        return ApplyResult.OK;
    }

    private ApplyResult openSession(LogEntry entry) {
        Bytes payload = entry.payload();
        if (payload.length() != Long.BYTES) {
            return ApplyResult.refusal("session open without a time to live");
        }
        sessions.open(entry.lsn().value(), payload.longAt(0), clusterTimeMillis);
        return ApplyResult.OK;
    }

    /** Payload of a {@link EntryKind#SESSION_OPEN} record. */
    public static Bytes sessionOpenPayload(long ttlMillis) {
        return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(ttlMillis).array());
    }
}
