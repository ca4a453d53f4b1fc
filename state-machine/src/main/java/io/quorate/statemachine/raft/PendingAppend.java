package io.quorate.statemachine.raft;

import io.quorate.statemachine.host.AppendListener;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.WriteConcern;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An append on its way: answered exactly once, by whoever comes first (apply, deadline, failure, close). A listener that fails is
 * nobody else's trouble: it may be called on the thread that applies, with an entry that is fine.
 */
final class PendingAppend {
    private static final Logger log = LoggerFactory.getLogger(PendingAppend.class);
    private static final AtomicIntegerFieldUpdater<PendingAppend> ANSWERED =
            AtomicIntegerFieldUpdater.newUpdater(PendingAppend.class, "answered");

    private final LogRecord record;
    private final WriteConcern concern;
    private final long deadlineNanos;
    private final AppendListener listener;
    private final int position;

    @SuppressWarnings("unused") // by the field updater
    private volatile int answered;

    PendingAppend(LogRecord record, WriteConcern concern, long deadlineNanos, AppendListener listener, int position) {
        this.record = record;
        this.concern = concern;
        this.deadlineNanos = deadlineNanos;
        this.listener = listener;
        this.position = position;
    }

    LogRecord record() {
        return record;
    }

    WriteConcern concern() {
        return concern;
    }

    /** By {@link System#nanoTime}. */
    long deadlineNanos() {
        return deadlineNanos;
    }

    boolean isExpired(long nowNanos) {
        return deadlineNanos - nowNanos <= 0;
    }

    boolean isAnswered() {
        return answered != 0;
    }

    void answer(AppendOutcome outcome) {
        if (ANSWERED.compareAndSet(this, 0, 1)) {
            try {
                listener.completed(position, outcome);
            } catch (RuntimeException | Error bug) { // of the listener: the thread that applies must not end for it
                log.error("whoever waits for an append failed to take its outcome, {}", outcome, bug);
            }
        }
    }
}
