package io.quorate.statemachine.raft;

import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.wal.log.MembershipException;
import io.quorate.wal.log.MembershipException.Fate;
import io.quorate.wal.log.RejectReason;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Hands leadership over with a short gap: appends are held back in the queue until nothing is in flight, so that the log stands
 * still and the successor, once it has all of it, cannot be refused a vote for a shorter log. Meanwhile appends wait; when the
 * successor leads they are rejected with its name, and clients send them there. If it does not come to lead, this leader goes
 * on, and it is tried again.
 *
 * <p>Source: Raft thesis, 3.10, where the leader stops accepting requests, too.
 */
final class LeadershipTransfer {
    private static final int ATTEMPTS = 3;
    /** For what is in flight to end. */
    private static final Duration DRAIN = Duration.ofSeconds(1);
    /** For the successor to win: a few election timeouts. */
    private static final Duration ELECTION = Duration.ofSeconds(1);

    /** Between tries, for what was held back meanwhile to be submitted. */
    private static final long PAUSE_MILLIS = 300;

    private static final long SETTLE_POLL_MILLIS = 20;
    /** Between two questions to a successor that does not run yet. */
    private static final long RUN_POLL_MILLIS = 50;

    private final GroupView view;
    private final RaftBatcher batcher;
    private final Function<Peer, CompletableFuture<PeerCalls.Running>> runs;
    private final Duration startPatience;
    private final BiFunction<PeerId, Duration, CompletableFuture<Void>> ask;
    private final Executor executor;
    private final AtomicBoolean busy = new AtomicBoolean();
    /** True while Ratis has been asked and has not answered: only then it has a reason to refuse appends. */
    private volatile boolean asking;

    /**
     * @param runs asks a voter whether it takes part already
     * @param startPatience how long one may say that it does not yet, or be silent: no other transfer begins meanwhile
     * @param ask asks Ratis to hand leadership to a voter within a time; fails with what Ratis says
     * @param executor where it is asked: not where appends end, which is in the middle of what Ratis does
     */
    LeadershipTransfer(
            GroupView view,
            RaftBatcher batcher,
            Function<Peer, CompletableFuture<PeerCalls.Running>> runs,
            Duration startPatience,
            BiFunction<PeerId, Duration, CompletableFuture<Void>> ask,
            Executor executor) {
        this.view = view;
        this.batcher = batcher;
        this.runs = runs;
        this.startPatience = startPatience;
        this.ask = ask;
        this.executor = executor;
    }

    /**
     * Fails with what Ratis said at the last attempt, or with {@link MembershipException} if another transfer is under way or the
     * successor cannot lead now, for which no append is held back.
     */
    CompletableFuture<Void> to(Peer target, Duration timeout) {
        if (!busy.compareAndSet(false, true)) {
            return CompletableFuture.failedFuture(new MembershipException(
                    Fate.PASSING, "another transfer of leadership is under way; try again in a moment"));
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        long startDeadline =
                System.nanoTime() + (timeout.compareTo(startPatience) < 0 ? timeout : startPatience).toNanos();
        return running(target, startDeadline)
                .thenCompose(running -> attempt(target.id(), deadline, ATTEMPTS))
                .whenComplete((done, failure) -> busy.set(false));
    }

    /** Ratis cannot transfer to a member that was just let in, and refuses appends from then on ({@link RatisMembership}). */
    private CompletableFuture<Void> running(Peer target, long deadline) {
        return runs.apply(target)
                .handle((running, silent) -> {
                    if (running == PeerCalls.Running.RUNS) {
                        return CompletableFuture.<Void>completedFuture(null);
                    }
                    if (running == PeerCalls.Running.WILL_NOT) {
                        return fail(
                                target.id() + " cannot lead now: its replica is closed or something is wrong with it");
                    }
                    if (deadline - System.nanoTime() > 0) { // an answer may be late where a machine is busy
                        return after(RUN_POLL_MILLIS, () -> running(target, deadline));
                    }
                    return fail(
                            silent != null
                                    ? target.id() + " does not answer: " + silent.getMessage()
                                    : target.id() + " was let in but does not take part yet; try again");
                })
                .thenCompose(next -> next);
    }

    private static CompletableFuture<Void> fail(String why) {
        return CompletableFuture.failedFuture(new MembershipException(Fate.PASSING, why));
    }

    private CompletableFuture<Void> attempt(PeerId target, long deadline, int left) {
        return drained()
                .thenComposeAsync(drained -> ask(target, deadline), executor)
                .whenComplete((done, failure) -> resume())
                .exceptionallyCompose(failure -> settle(target, deadline, left, failure));
    }

    private CompletableFuture<Void> ask(PeerId target, long deadline) {
        asking = true;
        return ask.apply(target, within(ELECTION, deadline));
    }

    boolean isAsking() {
        return asking;
    }

    /** Waits until there is a leader again: the successor may come to lead by a later election. */
    private CompletableFuture<Void> settle(PeerId target, long deadline, int left, Throwable failure) {
        Optional<PeerId> leader = view.leader().map(Peer::id);
        boolean late = deadline - System.nanoTime() <= 0;
        if (leader.isPresent() && leader.get().equals(target)) {
            return CompletableFuture.completedFuture(null);
        }
        if (view.leads() && left > 1 && !late) {
            return after(PAUSE_MILLIS, () -> attempt(target, deadline, left - 1));
        }
        if (leader.isPresent() || late) {
            return CompletableFuture.failedFuture(failure);
        }
        return after(SETTLE_POLL_MILLIS, () -> settle(target, deadline, left, failure));
    }

    private CompletableFuture<Void> after(long millis, Supplier<CompletableFuture<Void>> step) {
        Executor later = CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, executor);
        return CompletableFuture.supplyAsync(step, later).thenCompose(done -> done);
    }

    private CompletableFuture<Void> drained() {
        return batcher.hold()
                .orTimeout(DRAIN.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(timeout -> CompletableFuture.failedFuture(new MembershipException(
                        Fate.PASSING, "appends in flight did not end within " + DRAIN.toMillis() + " ms; try again")));
    }

    private static Duration within(Duration most, long deadline) {
        Duration rest = Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime()));
        return rest.compareTo(most) < 0 ? rest : most;
    }

    private void resume() {
        asking = false;
        batcher.release();
        if (!view.leads()) {
            batcher.rejectQueued(RejectReason.NOT_LEADER, "this replica has handed leadership over");
        }
    }
}
