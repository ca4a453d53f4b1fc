package io.quorate.statemachine.client.core;

import io.quorate.statemachine.client.core.ShardEvent.AppendsAnswered;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.AppendOutcome.LeaderDurable;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * The writer of one shard: what becomes of each attempt, and when the next is due. Its appends stand in a {@link WriterBacklog}.
 *
 * <p>An attempt that was answered as rejected had no effect; one that was lost, or answered as indeterminate, may have had. So an
 * append ends as rejected only if all its attempts were, and is otherwise sent again, in its session and with the same bytes, until
 * it is answered or its deadline passes.
 */
final class WriterCore {
    private final String shard;
    private final WriterSettings settings;
    private final LeaderSearch search;
    private final WriterBacklog backlog;
    private final Pause pause;
    private final StallWatch stall;
    private final DeadlineWatch deadlines = new DeadlineWatch();
    private boolean closed;
    private long lastSentNanos;
    private List<Append> finished = new ArrayList<>();

    WriterCore(String shard, WriterSettings settings, LeaderSearch search, RandomGenerator random) {
        this.shard = shard;
        this.settings = settings;
        this.search = search;
        this.backlog = new WriterBacklog(settings, this::end);
        this.pause = new Pause(settings.backoff(), random);
        this.stall = new StallWatch(settings.stallNanos());
    }

    /** Takes what became final since the last call. */
    List<Append> takeFinished() {
        if (finished.isEmpty()) {
            return List.of();
        }
        List<Append> taken = finished;
        finished = new ArrayList<>();
        return taken;
    }

    private void end(Append append, AppendOutcome outcome) {
        append.finish(outcome);
        backlog.ended(append);
        if (append.kind() == EntryKind.USER) {
            finished.add(append);
        }
    }

    void submit(List<? extends Append> appends, long now) {
        for (Append append : appends) {
            if (closed) {
                end(append, append.verdict(RejectReason.UNAVAILABLE, "the client is closed"));
            } else if (append.deadlineNanos() - now <= 0) {
                end(append, append.verdict(RejectReason.DEADLINE, "the deadline passed before it was sent"));
            } else {
                backlog.add(append);
                deadlines.watch(append.deadlineNanos());
            }
        }
        if (backlog.hasWork()) {
            search.want(now);
        }
    }

    int openAtLeader() {
        return stall.open();
    }

    /** True if the leader would be sent something if its connection were ready. */
    boolean wantsToSend(long now) {
        return search.leader().isPresent() && !pause.holds(now) && backlog.canSend();
    }

    /** Takes attempts for the leader, in order. */
    List<Append> take(int maxRequests, long maxBytes, long now) {
        if (!wantsToSend(now)) {
            return List.of();
        }
        String leader = search.leader().orElseThrow();
        List<Append> batch = backlog.take(leader, maxRequests, maxBytes, now);
        stall.sent(batch.size(), now);
        lastSentNanos = now;
        return batch;
    }

    void answered(AppendsAnswered event, long now) {
        if (search.leader().filter(event.address()::equals).isPresent()) {
            stall.answered(event.appends().size(), now);
        }
        boolean confirmed = false;
        for (int i = 0; i < event.appends().size(); i++) {
            Append append = event.appends().get(i);
            AppendOutcome outcome = event.outcomes().get(i);
            append.attemptAnswered(event.address());
            if (outcome instanceof Committed || outcome instanceof LeaderDurable) {
                confirmed = true;
                succeeded(append, outcome, now);
            } else if (outcome instanceof Indeterminate) {
                append.becomesUncertain();
                search.doubt(now);
                pause.begin(now);
                settle(append);
            } else if (outcome instanceof Rejected rejected) {
                rejected(append, rejected, event, now);
            } else {
                throw new AssertionError("unhandled: " + outcome);
            }
        }
        if (confirmed) {
            search.confirmed();
            pause.succeeded();
        }
        if (backlog.hasWork()) {
            search.want(now);
        }
    }

    private void succeeded(Append append, AppendOutcome outcome, long now) {
        if (append.isDone()) {
            return;
        }
        if (append.kind() == EntryKind.SESSION_OPEN) {
            append.finish(outcome);
            backlog.opened(append.life(), ((Committed) outcome).lsn());
            lastSentNanos = now;
        } else {
            end(append, outcome);
        }
    }

    private void rejected(Append append, Rejected rejected, AppendsAnswered event, long now) {
        append.remember(rejected);
        if (append.kind() == EntryKind.SESSION_OPEN) {
            backlog.openingRejected(rejected);
        }
        switch (rejected.reason()) {
            case NOT_LEADER, UNKNOWN_SHARD -> search.notLeader(event.address(), event.hint(), now);
            case UNAVAILABLE -> {
                search.notLeader(event.address(), event.hint(), now);
                pause.begin(now);
            }
            case QUEUE_FULL, DISK_FULL, SESSION_FULL, TOO_MANY_SESSIONS -> pause.begin(now);
            case SESSION_EXPIRED -> backlog.expired(append.session());
            case DEADLINE -> {
                // The node's clock for it ran out; ours decides.
            }
            case TOO_LARGE, WRONG_IDENTITY, INVALID, ALREADY_ACKNOWLEDGED -> {
                finish(append, rejected);
                return;
            }
            default -> throw new AssertionError("unhandled: " + rejected);
        }
        settle(append);
    }

    /** An answer that trying again would not change. */
    private void finish(Append append, Rejected rejected) {
        if (append.kind() == EntryKind.SESSION_OPEN) {
            append.finish(rejected);
            backlog.openingFailed();
            backlog.forEach(waiting -> giveUp(waiting, rejected));
        } else if (!append.isDone() && !append.hasOpenAttempt()) {
            end(
                    append,
                    append.mayBeLogged()
                            ? new Indeterminate("an earlier attempt may have reached the log; the last was answered: "
                                    + rejected.message())
                            : rejected);
        }
    }

    private void giveUp(Append append, Rejected rejected) {
        if (!append.isDone()) {
            append.remember(rejected);
            end(append, append.verdict(rejected.reason(), rejected.message()));
        }
    }

    /** An attempt ended without an outcome. */
    private void settle(Append append) {
        if (!append.isDone() && append.kind() != EntryKind.SESSION_OPEN) {
            backlog.settle(append);
        }
    }

    /** Attempts were lost with their connection. */
    void lost(String address, List<Append> appends, long now) {
        for (Append append : appends) {
            append.attemptUnknown(address);
            settle(append);
        }
        if (search.leader().isEmpty()) {
            stall.reset();
        }
        if (backlog.hasWork()) {
            search.want(now);
        }
    }

    /** The shard's life by its leader: what was begun in another one, under the same name, is over. */
    void livesIn(UUID life) {
        backlog.livesIn(life);
    }

    /** Everything unanswered goes to the new leader, before what is new. */
    void leaderChanged(String address) {
        stall.reset();
        pause.end();
        backlog.sendAllAgain(address);
    }

    void tick(long now) {
        pause.tick(now);
        if (stall.due(now)) {
            search.doubt(now);
        }
        if (deadlines.due(now)) {
            sweep(now);
        }
        if (backlog.isIdle() && touchAtNanos() - now <= 0) {
            lastSentNanos = now;
            submit(List.of(touch(now)), now);
        }
        if (backlog.hasWork()) {
            search.hopeless(shard, now, settings.patienceNanos())
                    .ifPresent(rejected -> backlog.forEach(append -> giveUp(append, rejected)));
        }
    }

    private void sweep(long now) {
        backlog.forEach(append -> {
            if (append.isDone()) {
                return;
            }
            if (append.deadlineNanos() - now > 0) {
                deadlines.watch(append.deadlineNanos());
            } else {
                backlog.openingRejection().filter(r -> !append.wasRejected()).ifPresent(append::remember);
                end(append, append.verdict(RejectReason.DEADLINE, "the deadline passed" + search.trouble()));
            }
        });
    }

    private long touchAtNanos() {
        return lastSentNanos + settings.sessionTtlMillis() * 1_000_000 / 3;
    }

    private Append touch(long now) {
        long deadlineNanos = now + settings.sessionTtlMillis() * 1_000_000 / 3;
        return new Append(EntryKind.SESSION_TOUCH, Bytes.EMPTY, WriteConcern.MAJORITY, deadlineNanos);
    }

    /** When {@link #tick} has something to do, at the latest. */
    long wakeAtNanos(long latestNanos) {
        long at = stall.earlier(deadlines.earlier(latestNanos));
        if (backlog.hasWork()) {
            at = pause.earlier(at);
        }
        if (backlog.isIdle() && touchAtNanos() - at < 0) {
            at = touchAtNanos();
        }
        return at;
    }

    /**
     * Ends everything. What certainly was not applied is rejected, everything else indeterminate.
     *
     * @return the record that closes the session, to be sent to the leader; empty if there is no session or no leader
     */
    Optional<Append> close(long now) {
        closed = true;
        backlog.forEach(append -> {
            if (!append.isDone()) {
                end(append, append.verdict(RejectReason.UNAVAILABLE, "the client was closed"));
            }
        });
        return search.leader().flatMap(leader -> backlog.closeSession(leader, now));
    }
}
