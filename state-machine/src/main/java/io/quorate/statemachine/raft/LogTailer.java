package io.quorate.statemachine.raft;

import io.quorate.statemachine.store.Position;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.LogSlice;
import io.quorate.wal.log.LogTruncatedException;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.SliceLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.raftlog.RaftLog;

/**
 * Reads the committed log of one replica by LSN, out of the Raft log. Thread-safe. Reading runs on the executor and may wait for the disk
 * for long, a whole segment at a time: nothing that the replica itself waits for may run there.
 */
final class LogTailer {
    /** Calls that may wait or read at once. */
    private static final int MAX_CALLS = 64;

    private final RaftView view;
    private final AppliedState state;
    private final Executor executor;
    private final Semaphore calls = new Semaphore(MAX_CALLS);

    LogTailer(RaftView view, AppliedState state, Executor executor) {
        this.view = view;
        this.state = state;
        this.executor = executor;
    }

    CompletableFuture<LogSlice> tail(Lsn from, SliceLimits limits, long deadlineNanos) {
        if (from.value() < 1) {
            throw new IllegalArgumentException("the first LSN is 1, not " + from);
        }
        if (!calls.tryAcquire()) {
            return CompletableFuture.failedFuture(new ReadUnavailableException(
                    RejectReason.QUEUE_FULL, MAX_CALLS + " calls read this shard's log already; try again"));
        }
        return await(from, limits, deadlineNanos).whenComplete((slice, failure) -> calls.release());
    }

    private CompletableFuture<LogSlice> await(Lsn from, SliceLimits limits, long deadlineNanos) {
        return state.appliedLsn()
                .await(from.value(), deadlineNanos)
                .handleAsync((nothing, failure) -> failure, executor)
                .thenCompose(failure -> {
                    if (failure != null && !(failure instanceof TimeoutException)) {
                        return CompletableFuture.failedFuture(failure);
                    }
                    LogSlice slice = read(from, limits);
                    // only entries that are the log's own: go on waiting for one of the application
                    boolean onlyHidden =
                            slice.entries().isEmpty() && slice.next().compareTo(from) > 0;
                    return onlyHidden && deadlineNanos - System.nanoTime() > 0
                            ? await(slice.next(), limits, deadlineNanos)
                            : CompletableFuture.completedFuture(slice);
                });
    }

    private LogSlice read(Lsn from, SliceLimits limits) {
        LsnIndex index = state.lsnIndex();
        RaftLog log = view.log();
        long applied = state.appliedLsn().value();
        Lsn first = first(index, log, applied);
        if (from.compareTo(first) < 0) {
            throw new LogTruncatedException(from, first);
        }
        Optional<Position> before = index.before(from);
        if (before.isEmpty() || from.value() > applied) {
            return new LogSlice(List.of(), from);
        }
        Reading reading = new Reading(from, applied, limits, before.get());
        for (long at = before.get().index() + 1; reading.wantsMore(); at++) {
            LogEntryProto entry = get(log, at);
            if (entry == null) {
                throw new LogTruncatedException(from, first(index, log, applied));
            }
            if (entry.hasStateMachineLogEntry()) {
                reading.take(entry, index.placed(at));
            }
        }
        return new LogSlice(reading.entries, new Lsn(reading.next));
    }

    private static Lsn first(LsnIndex index, RaftLog log, long applied) {
        return index.first(log.getStartIndex()).orElse(new Lsn(applied + 1));
    }

    private LogEntryProto get(RaftLog log, long index) {
        try {
            return log.get(index);
        } catch (IOException e) {
            throw new ReadUnavailableException(
                    RejectReason.UNAVAILABLE, "the Raft log cannot be read at index " + index + ": " + e.getMessage());
        }
    }

    /** What one call has gathered. */
    private static final class Reading {
        private final long from;
        private final long applied;
        private final SliceLimits limits;
        private final List<LogEntry> entries = new ArrayList<>();
        /** Last LSN passed. */
        private long lsn;

        private long timeMillis;
        private long bytes;
        private boolean full;
        private long next;

        Reading(Lsn from, long applied, SliceLimits limits, Position start) {
            this.from = from.value();
            this.applied = applied;
            this.limits = limits;
            this.lsn = start.lsn().value();
            this.timeMillis = start.clusterTimeMillis();
            this.next = from.value();
        }

        boolean wantsMore() {
            return !full && lsn < applied;
        }

        void take(LogEntryProto entry, Optional<BitSet> placed) {
            EntryBatch batch = EntryBatch.decode(
                    Bytes.wrap(entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer()));
            timeMillis = Math.max(timeMillis, batch.clusterTimeMillis());
            List<LogRecord> records = batch.records();
            for (int i = 0; i < records.size() && wantsMore(); i++) {
                if (placed.isEmpty() || placed.get().get(i)) {
                    take(new LogEntry(new Lsn(lsn + 1), entry.getTerm(), timeMillis, records.get(i)));
                }
            }
        }

        private void take(LogEntry entry) {
            boolean wanted = entry.lsn().value() >= from && entry.kind() == EntryKind.USER;
            int length = entry.payload().length();
            if (wanted
                    && !entries.isEmpty()
                    && (entries.size() >= limits.maxEntries() || bytes + length > limits.maxBytes())) {
                full = true;
                return;
            }
            lsn = entry.lsn().value();
            next = Math.max(next, lsn + 1);
            if (wanted) {
                entries.add(entry);
                bytes += length;
            }
        }
    }
}
