package io.quorate.statemachine.raft;

import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.RejectReason;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * One Raft entry on its way: the batch, and the appends that wait for it. Travels through Ratis inside this process as the
 * request's message, so that a request from the network can never be taken for one.
 */
final class PendingBatch implements Message {
    private final EntryBatch batch;
    private final List<PendingAppend> appends;
    private final ByteString content;
    private final long madeNanos = System.nanoTime();

    /** How far it has come. One step, taken once: who has been told "rejected" is told the truth for ever. */
    private enum Fate {
        NEW,
        /** Set under Ratis' log lock just before the entry takes its place in the log: from then on nothing is certain. */
        HANDED_OVER,
        /** Given up before that: the log must not take it any more. */
        FAILED
    }

    private final AtomicReference<Fate> fate = new AtomicReference<>(Fate.NEW);

    private volatile boolean applied;
    private volatile TransactionContext transaction;

    PendingBatch(EntryBatch batch, List<PendingAppend> appends) {
        this.batch = batch;
        this.appends = appends;
        this.content = UnsafeByteOperations.unsafeWrap(batch.encode().buffer());
    }

    @Override
    public ByteString getContent() {
        return content;
    }

    EntryBatch batch() {
        return batch;
    }

    /** By {@link System#nanoTime}. */
    long madeNanos() {
        return madeNanos;
    }

    List<PendingAppend> appends() {
        return appends;
    }

    /**
     * Called before the entry takes its place; the transaction knows the place afterwards.
     *
     * @return false if it was given up before: then it must not enter the log
     */
    boolean markHandedOver(TransactionContext inLog) {
        transaction = inLog;
        return fate.compareAndSet(Fate.NEW, Fate.HANDED_OVER);
    }

    boolean isHandedOver() {
        return fate.get() == Fate.HANDED_OVER;
    }

    /** Term under which it lies in the log; only after a submission that handed it over. */
    long logTerm() {
        return transaction.getLogEntry().getTerm();
    }

    /** Index at which it lies in the log; only after a submission that handed it over. */
    long logIndex() {
        return transaction.getLogEntry().getIndex();
    }

    boolean isApplied() {
        return applied;
    }

    /** Its entry was committed and applied here: deadlines and failures answer nothing any more. */
    void markApplied() {
        applied = true;
    }

    /** Answers all that wait: the submission failed. */
    void fail(RejectReason reason, String message) {
        if (applied) {
            return;
        }
        fate.compareAndSet(Fate.NEW, Fate.FAILED);
        AppendOutcome outcome = isHandedOver() ? new Indeterminate(message) : new Rejected(reason, message);
        appends.forEach(append -> append.answer(outcome));
    }

    void expire(long nowNanos) {
        if (applied) {
            return;
        }
        for (PendingAppend append : appends) {
            if (append.isExpired(nowNanos) && !append.isAnswered()) {
                append.answer(new Indeterminate("not committed by its deadline"));
            }
        }
    }
}
