package io.quorate.statemachine.raft;

import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.quorum.VoterSets;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.LeaderDurable;
import io.quorate.wal.log.WriteConcern;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Answers appends whose concern is not MAJORITY. ALL and QUORUM(n): after the commit, asks each voter by name whether the entry is
 * on its disk. ONE: before the commit, looks whether the leader's own disk has it.
 *
 * <p>Thread-safe. Waits end with the appends' deadlines, so what waits is bounded by admission.
 */
final class ConcernWaiter {
    private static final long ASK_AGAIN_MILLIS = 3;
    private static final long LOOK_AGAIN_MICROS = 100;

    /** A committed append that waits for more voters. */
    record Wide(PendingAppend append, Committed committed) {
        Committed committed(Set<String> missing) {
            return new Committed(committed.lsn(), committed.result(), missing);
        }
    }

    private final RaftView view;
    private final UUID group;
    private final PeerCalls peers;
    private final ScheduledExecutorService scheduler;
    private final Set<Round> rounds = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    ConcernWaiter(RaftView view, UUID group, PeerCalls peers, ScheduledExecutorService scheduler) {
        this.view = view;
        this.group = group;
        this.peers = peers;
        this.scheduler = scheduler;
    }

    /** Answers each append once enough voters have the entry at (term, index), or at its deadline with those missing. */
    void awaitVoters(long term, long index, List<Wide> appends) {
        Round round;
        try {
            round = new Round(term, index, view.voters(), new ArrayList<>(appends));
        } catch (GroupClosedException e) {
            // the group is gone from this node, and nobody can be asked: committed, and no voter is known to have it
            appends.forEach(wide ->
                    wide.append().answer(wide.committed(Set.of(view.self().toString()))));
            return;
        }
        rounds.add(round);
        if (closed) {
            round.end();
        } else {
            round.ask();
        }
    }

    /** Answers all that wait: what they wait for is committed, and those not heard of are named. */
    void close() {
        closed = true;
        rounds.forEach(Round::end);
    }

    private final class Round {
        private final long term;
        private final long index;
        private final VoterSets<PeerId> voters;
        private final List<Wide> waiting;
        private final Set<PeerId> acknowledged = new HashSet<>();

        Round(long term, long index, VoterSets<PeerId> voters, List<Wide> waiting) {
            this.term = term;
            this.index = index;
            this.voters = voters;
            this.waiting = waiting;
        }

        void ask() {
            settle();
            Set<PeerId> missing;
            synchronized (this) {
                if (waiting.isEmpty()) {
                    rounds.remove(this);
                    return;
                }
                missing = voters.missing(acknowledged);
            }
            try {
                askThem(missing);
                scheduler.schedule(this::ask, ASK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            } catch (GroupClosedException | RejectedExecutionException e) {
                end(); // the group or this node closed meanwhile
            }
        }

        private void askThem(Set<PeerId> missing) {
            if (missing.contains(view.self())) {
                // the commit may have been that of the others: this leader's own disk counts only once it has the entry
                heard(view.self(), view.logState(index));
            }
            for (Peer peer : view.peers()) {
                PeerId key = peer.id();
                if (missing.contains(key) && !key.equals(view.self())) {
                    peers.logState(peer, group, index).thenAccept(state -> heard(key, state));
                }
            }
        }

        private void heard(PeerId voter, PeerCalls.LogState state) {
            if (state.flushedIndex() >= index
                    && (state.termAtIndex() == term || state.termAtIndex() == PeerCalls.PURGED)) {
                synchronized (this) {
                    acknowledged.add(voter);
                }
                settle();
            }
        }

        private void settle() {
            settle(false);
        }

        /** Nobody is asked any more. */
        void end() {
            settle(true);
            rounds.remove(this);
        }

        private void settle(boolean ending) {
            List<Wide> done = new ArrayList<>();
            List<Wide> late = new ArrayList<>();
            Set<String> missing;
            synchronized (this) {
                long now = System.nanoTime();
                for (Wide wide : waiting) {
                    if (isMet(wide.append().concern())) {
                        done.add(wide);
                    } else if (ending || wide.append().isExpired(now)) {
                        late.add(wide);
                    }
                }
                waiting.removeAll(done);
                waiting.removeAll(late);
                missing = voters.missing(acknowledged).stream()
                        .map(PeerId::toString)
                        .collect(Collectors.toSet());
            }
            done.forEach(wide -> wide.append().answer(wide.committed()));
            late.forEach(wide -> wide.append().answer(wide.committed(missing)));
        }

        private boolean isMet(WriteConcern concern) {
            if (concern instanceof WriteConcern.Quorum quorum) {
                return voters.isQuorum(
                        acknowledged, Math.min(quorum.n(), voters.current().size()));
            }
            return voters.missing(acknowledged).isEmpty();
        }
    }

    /** Answers each append with {@link LeaderDurable} once this leader's disk has the entry it submitted in {@code term}. */
    void awaitOwnDisk(long term, long index, List<PendingAppend> appends) {
        if (appends.stream().allMatch(PendingAppend::isAnswered)) {
            return;
        }
        PeerCalls.LogState own = view.logState(index);
        if (own.termAtIndex() != term) {
            return; // replaced by another leader's entry: the deadline answers Indeterminate
        }
        if (own.flushedIndex() >= index) {
            appends.forEach(append -> append.answer(new LeaderDurable(term, index)));
        } else {
            scheduler.schedule(() -> awaitOwnDisk(term, index, appends), LOOK_AGAIN_MICROS, TimeUnit.MICROSECONDS);
        }
    }
}
