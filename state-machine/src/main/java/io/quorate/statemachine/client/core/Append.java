package io.quorate.statemachine.client.core;

import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import io.quorate.wal.log.WriterId;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * One append from submission to outcome. Owned by the thread that steps the core.
 *
 * <p>An attempt is open from the moment it is given to a connection until that connection answers it or is lost. While one is
 * open, or after one ended without an answer, the append may be in the log.
 */
public class Append {
    private final EntryKind kind;
    private final Bytes command;
    private final WriteConcern concern;
    private final long deadlineNanos;

    /** Its place among all appends of the writer. */
    private long order;

    /** The record as it is on the wire, the same for every attempt of a session; null before the first. */
    private LogRecord record;
    /** Which of the client's sessions the record belongs to, from 1; 0 for none. */
    private long session;
    /** The life of the shard in which the session was opened, or is to be; null before the first sending. */
    private UUID life;

    private long sequence;
    private int openAttempts;
    /** Where the latest attempt went; empty before the first. */
    private String sentTo = "";
    /** Whether that one is open; earlier ones may be, at nodes that do not answer. */
    private boolean latestOpen;
    /** Invariant: true once an attempt ended without telling whether it reached the log. */
    private boolean uncertain;
    /** Invariant: true while it stands in one of the queues of those that were sent before. */
    private boolean queued;

    private Optional<Rejected> lastRejection = Optional.empty();
    /** Null until the append is over. */
    private AppendOutcome outcome;

    /** @param deadlineNanos on the clock that the core is stepped by */
    public Append(EntryKind kind, Bytes command, WriteConcern concern, long deadlineNanos) {
        this.kind = Objects.requireNonNull(kind, "kind");
        this.command = Objects.requireNonNull(command, "command");
        this.concern = Objects.requireNonNull(concern, "concern");
        this.deadlineNanos = deadlineNanos;
    }

    public final EntryKind kind() {
        return kind;
    }

    public final WriteConcern concern() {
        return concern;
    }

    public final long deadlineNanos() {
        return deadlineNanos;
    }

    /** Bytes that it takes on the wire. */
    public final int length() {
        return LogRecord.HEADER_BYTES + command.length();
    }

    /** The encoded record; only between the first sending and the outcome. */
    public final LogRecord record() {
        return Objects.requireNonNull(record, "record");
    }

    /** The life of the shard that it is meant for; only between the first sending and the outcome. */
    public final UUID life() {
        return Objects.requireNonNull(life, "life");
    }

    /** How it ended; only once it is in a {@link ShardAction.Finish}. */
    public final AppendOutcome outcome() {
        return Objects.requireNonNull(outcome, "outcome");
    }

    final long order() {
        return order;
    }

    final void setOrder(long newOrder) {
        order = newOrder;
    }

    final boolean isDone() {
        return outcome != null;
    }

    final void finish(AppendOutcome end) {
        outcome = end;
    }

    final long session() {
        return session;
    }

    final long sequence() {
        return sequence;
    }

    final boolean isEncoded() {
        return record != null;
    }

    final void encode(UUID newLife, long newSession, WriterId writer, long newSequence, long lowWater) {
        life = newLife;
        session = newSession;
        sequence = newSequence;
        record = LogRecord.of(kind, writer, newSequence, lowWater, command);
    }

    /** Takes it out of its session; legal only for what was certainly not applied in it. */
    final void leaveSession() {
        if (mayBeLogged()) {
            throw new IllegalStateException("append with " + openAttempts + " open attempts leaves session " + session);
        }
        record = null;
        life = null;
        session = 0;
        sequence = 0;
    }

    final void attemptBegins(String address) {
        openAttempts++;
        sentTo = address;
        latestOpen = true;
    }

    /** True if the latest attempt went there and is open. */
    final boolean isOpenAt(String address) {
        return latestOpen && address.equals(sentTo);
    }

    /** True if the latest attempt is open: what an earlier one may still come to does not make another one superfluous. */
    final boolean isLatestOpen() {
        return latestOpen;
    }

    final void attemptAnswered(String address) {
        openAttempts--;
        latestOpen &= !address.equals(sentTo);
        if (openAttempts < 0) {
            throw new IllegalStateException("append answered more often than sent: " + this);
        }
    }

    final void attemptUnknown(String address) {
        attemptAnswered(address);
        uncertain = true;
    }

    final boolean hasOpenAttempt() {
        return openAttempts > 0;
    }

    final boolean mayBeLogged() {
        return uncertain || openAttempts > 0;
    }

    final void becomesUncertain() {
        uncertain = true;
    }

    final boolean isQueued() {
        return queued;
    }

    final void setQueued(boolean nowQueued) {
        queued = nowQueued;
    }

    final void remember(Rejected rejection) {
        lastRejection = Optional.of(rejection);
    }

    final boolean wasRejected() {
        return lastRejection.isPresent();
    }

    /** What it ends as if nothing more is heard of it. */
    final AppendOutcome verdict(RejectReason reason, String why) {
        if (mayBeLogged()) {
            return new Indeterminate(why + "; an attempt may have reached the log"
                    + lastRejection
                            .map(r -> ", the last answer was: " + r.message())
                            .orElse(""));
        }
        return lastRejection
                .map(r -> new Rejected(r.reason(), why + "; the last answer was: " + r.message()))
                .orElseGet(() -> new Rejected(reason, why));
    }

    @Override
    public String toString() {
        return kind + "(session " + session + ", sequence " + sequence + ", open attempts " + openAttempts
                + (uncertain ? ", uncertain" : "") + ", " + outcome + ")";
    }
}
