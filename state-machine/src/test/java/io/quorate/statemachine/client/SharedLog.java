package io.quorate.statemachine.client;

import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.topology.PeerId;
import io.quorate.wal.apply.BatchSequencer;
import io.quorate.wal.apply.SessionLimits;
import io.quorate.wal.apply.WriterSessions;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A log that several test nodes share in memory, with the real sequencer and the real writer sessions: what a client sees of a
 * replicated log, with leader and cluster time set by the test.
 */
final class SharedLog {
    static final ClusterId CLUSTER = ClusterId.parse("00000000-0000-0000-0000-00000000c1c1");

    private final BatchSequencer sequencer =
            new BatchSequencer(new WriterSessions(SessionLimits.FEATURE_LEVEL_1), Lsn.ZERO, 0);
    private final List<Bytes> applied = new ArrayList<>();
    private Optional<PeerId> leader = Optional.empty();
    private long epoch = 1;
    private long clusterTimeMillis = 1;

    synchronized void lead(PeerId newLeader) {
        leader = Optional.of(newLeader);
        epoch++;
    }

    synchronized void leaderless() {
        leader = Optional.empty();
    }

    synchronized Optional<PeerId> leader() {
        return leader;
    }

    synchronized long epoch() {
        return epoch;
    }

    synchronized Lsn lsn() {
        return sequencer.applied();
    }

    /** Lets cluster time pass, as if the client had been silent for so long. */
    synchronized void pass(long millis) {
        clusterTimeMillis += millis;
    }

    synchronized List<AppendOutcome> apply(List<LogRecord> records) {
        return sequencer.apply(
                new EntryBatch(CLUSTER, Generation.FIRST, clusterTimeMillis, records), epoch, this::applyEntry);
    }

    private ApplyResult applyEntry(LogEntry entry) {
        applied.add(entry.payload());
        return entry.payload().utf8().startsWith("refuse")
                ? ApplyResult.refusal("as asked")
                : ApplyResult.of(entry.payload().length() < 4 ? entry.payload() : Bytes.EMPTY);
    }

    /** Commands that the application saw, in order. */
    synchronized List<Bytes> applied() {
        return List.copyOf(applied);
    }
}
