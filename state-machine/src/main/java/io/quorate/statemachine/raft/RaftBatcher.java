package io.quorate.statemachine.raft;

import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.RejectReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Gathers what all clients of a shard have waiting into Raft entries: the first goes at once, later ones collect while earlier
 * ones are in flight, so that the batch grows with the load and a lone writer never waits. Order of arrival is kept. Bounded: a
 * full queue and an expired deadline are named rejections, before Ratis sees anything.
 *
 * <p>Thread-safe. Submission runs in the caller's thread when nothing is in flight, else in the executor's.
 */
final class RaftBatcher {
    /** Hands a batch to Ratis; the future completes when Ratis has an answer to it, which is never before it was applied. */
    interface Submitter {
        CompletableFuture<SubmitResult> submit(PendingBatch batch);
    }

    /** What to answer to a batch that was not applied here; of no consequence for one that was. */
    record SubmitResult(RejectReason reason, String message) {}

    private final BatchLimits limits;
    private final BooleanSupplier ready;
    private final Function<List<LogRecord>, EntryBatch> stamp;
    private final Submitter submitter;
    private final Executor executor;

    private final ArrayDeque<PendingAppend> queue = new ArrayDeque<>();
    private final Set<PendingBatch> inFlight = new HashSet<>();
    private long queuedBytes;
    private int inFlightRecords;
    /** True while one thread submits; others leave it to that one, so that batches are submitted in order. */
    private boolean pumping;

    private boolean closed;
    /** Done when nothing is in flight; null unless appends are held back. */
    private CompletableFuture<Void> drained;

    /**
     * @param ready false while a new leader has not yet applied what earlier leaders committed: appends wait in the queue
     * @param stamp makes the batch of some records, at the time of submission
     */
    RaftBatcher(
            BatchLimits limits,
            BooleanSupplier ready,
            Function<List<LogRecord>, EntryBatch> stamp,
            Submitter submitter,
            Executor executor) {
        this.limits = limits;
        this.ready = ready;
        this.stamp = stamp;
        this.submitter = submitter;
        this.executor = executor;
    }

    /**
     * Queues a group of appends, in order, and submits what may be submitted. Behind one that the queue has no room for the rest of its
     * group is refused, too: a smaller one that still fits would overtake it.
     */
    void append(List<PendingAppend> group) {
        List<PendingAppend> refused = new ArrayList<>(0);
        boolean wasClosed;
        boolean full = false;
        synchronized (this) {
            wasClosed = closed;
            for (PendingAppend append : group) {
                int bytes = append.record().length();
                boolean tooLarge = bytes > limits.maxRecordBytes();
                full |= !tooLarge && !hasRoomFor(bytes);
                if (closed || full || tooLarge) {
                    refused.add(append);
                } else {
                    queue.add(append);
                    queuedBytes += bytes;
                }
            }
        }
        refused.forEach(append -> append.answer(refusal(append, wasClosed)));
        pump();
    }

    private boolean hasRoomFor(int bytes) {
        return queue.size() < limits.maxQueuedRecords() && queuedBytes + bytes <= limits.maxQueuedBytes();
    }

    private Rejected refusal(PendingAppend append, boolean wasClosed) {
        int bytes = append.record().length();
        if (bytes > limits.maxRecordBytes()) {
            return new Rejected(
                    RejectReason.TOO_LARGE,
                    "record of " + bytes + " bytes exceeds the shard's limit of " + limits.maxRecordBytes());
        }
        return wasClosed
                ? new Rejected(RejectReason.UNAVAILABLE, "the shard is closing on this node")
                : new Rejected(RejectReason.QUEUE_FULL, "the leader's queue is full; slow down and try again");
    }

    /** Submits batches as long as the pipeline has room and there is something to send; called when it may have become ready. */
    void pump() {
        List<PendingAppend> appends;
        while (!(appends = next()).isEmpty()) {
            try {
                submit(appends);
            } finally {
                synchronized (this) {
                    pumping = false;
                }
                endHoldIfDrained();
            }
        }
    }

    private void submit(List<PendingAppend> appends) {
        PendingBatch batch;
        try {
            batch = new PendingBatch(
                    stamp.apply(appends.stream().map(PendingAppend::record).toList()), appends);
        } catch (RuntimeException e) {
            Rejected rejected = new Rejected(RejectReason.UNAVAILABLE, "cannot be submitted here: " + e.getMessage());
            appends.forEach(append -> append.answer(rejected));
            return;
        }
        synchronized (this) {
            inFlight.add(batch);
            inFlightRecords += appends.size();
        }
        CompletableFuture<SubmitResult> submission;
        try {
            submission = submitter.submit(batch);
        } catch (RuntimeException e) {
            submission = CompletableFuture.failedFuture(e);
        }
        submission.whenComplete((result, failure) -> completed(batch, result, failure));
    }

    /** Takes what the next batch shall carry; empty if there is nothing to do or another thread does it. */
    private List<PendingAppend> next() {
        List<PendingAppend> expired = new ArrayList<>(0);
        List<PendingAppend> appends = List.of();
        synchronized (this) {
            if (!pumping && mayStart()) {
                appends = take(expired);
                pumping = !appends.isEmpty();
            }
        }
        expired.forEach(append -> append.answer(
                new Rejected(RejectReason.DEADLINE, "its deadline passed before it could be logged; not applied")));
        return appends;
    }

    /**
     * The first entry goes at once. A further one is worth its fixed cost only when it carries a fair share of what is already
     * on the way.
     */
    private boolean mayStart() {
        if (drained != null || queue.isEmpty() || inFlight.size() >= limits.maxInFlight() || !ready.getAsBoolean()) {
            return false;
        }
        return inFlight.isEmpty()
                || queue.size() >= limits.maxBatchRecords()
                || queuedBytes >= limits.maxBatchBytes()
                || queue.size() >= inFlightRecords / inFlight.size();
    }

    private List<PendingAppend> take(List<PendingAppend> expired) {
        long now = System.nanoTime();
        List<PendingAppend> appends = new ArrayList<>(Math.min(queue.size(), limits.maxBatchRecords()));
        long bytes = 0;
        while (!queue.isEmpty() && appends.size() < limits.maxBatchRecords()) {
            PendingAppend head = queue.peek();
            int length = head.record().length();
            if (!appends.isEmpty() && bytes + length > limits.maxBatchBytes()) {
                break;
            }
            queue.poll();
            queuedBytes -= length;
            if (head.isExpired(now)) {
                expired.add(head);
            } else {
                appends.add(head);
                bytes += length;
            }
        }
        return appends;
    }

    private void completed(PendingBatch batch, SubmitResult result, Throwable failure) {
        boolean more;
        synchronized (this) {
            inFlight.remove(batch);
            inFlightRecords -= batch.appends().size();
            more = !queue.isEmpty();
        }
        if (failure != null) {
            batch.fail(RejectReason.UNAVAILABLE, "submission failed: " + failure);
        } else {
            batch.fail(result.reason(), result.message());
        }
        endHoldIfDrained();
        if (more) {
            executor.execute(this::pump);
        }
    }

    private void endHoldIfDrained() {
        CompletableFuture<Void> done;
        synchronized (this) {
            done = inFlight.isEmpty() && !pumping ? drained : null;
        }
        if (done != null) {
            done.complete(null);
        }
    }

    /**
     * Submits nothing more until {@link #release}; appends go on to queue.
     *
     * @return done when all that was submitted has ended
     * @throws IllegalStateException if it is held already
     */
    synchronized CompletableFuture<Void> hold() {
        if (drained != null) {
            throw new IllegalStateException("held already");
        }
        drained = new CompletableFuture<>();
        if (inFlight.isEmpty() && !pumping) {
            drained.complete(null);
        }
        return drained;
    }

    /** Ends a {@link #hold}. */
    void release() {
        synchronized (this) {
            drained = null;
        }
        executor.execute(this::pump);
    }

    synchronized boolean isHeld() {
        return drained != null;
    }

    /** Answers what is past its deadline: called every few milliseconds. */
    void expire(long nowNanos) {
        List<PendingAppend> expired = new ArrayList<>(0);
        List<PendingBatch> batches;
        synchronized (this) {
            if (queue.isEmpty() && inFlight.isEmpty()) {
                return;
            }
            queue.removeIf(append -> {
                if (!append.isExpired(nowNanos)) {
                    return false;
                }
                queuedBytes -= append.record().length();
                return expired.add(append);
            });
            batches = new ArrayList<>(inFlight);
        }
        expired.forEach(append -> append.answer(
                new Rejected(RejectReason.DEADLINE, "its deadline passed before it could be logged; not applied")));
        batches.forEach(batch -> batch.expire(nowNanos));
    }

    /** Rejects what is queued, for a reason that holds for all of it (leadership lost, disk full). */
    void rejectQueued(RejectReason reason, String message) {
        List<PendingAppend> rejected;
        synchronized (this) {
            rejected = new ArrayList<>(queue);
            queue.clear();
            queuedBytes = 0;
        }
        rejected.forEach(append -> append.answer(new Rejected(reason, message)));
    }

    synchronized int queued() {
        return queue.size();
    }

    synchronized long queuedBytes() {
        return queuedBytes;
    }

    synchronized int inFlight() {
        return inFlight.size();
    }

    synchronized boolean isIdle() {
        return queue.isEmpty() && inFlight.isEmpty() && !pumping;
    }

    /** Refuses new appends and rejects what was not submitted; what was will be answered by apply, failure or deadline. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        rejectQueued(RejectReason.UNAVAILABLE, "the shard is closing on this node");
    }

    /** Answers what is still in flight: its fate is not known here. */
    void abandon() {
        List<PendingBatch> batches;
        synchronized (this) {
            batches = new ArrayList<>(inFlight);
        }
        batches.forEach(batch -> batch.fail(RejectReason.UNAVAILABLE, "the shard closed on this node"));
    }
}
