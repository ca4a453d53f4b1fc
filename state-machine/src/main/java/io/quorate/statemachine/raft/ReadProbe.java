package io.quorate.statemachine.raft;

import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.quorum.VoterSets;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Confirms, after reads have arrived, that this replica still leads, without any clock: it takes its term T and its commit index,
 * asks a majority of the voters (of both configurations in a change) whether their term is still T, and checks that it leads T.
 *
 * <p>Why this is enough: a leader of a later term was elected by a majority, each of which had moved to that term when it voted.
 * That majority and ours share a voter, which was still in T after the read arrived. So at that moment no later leader existed, and
 * all that had been acknowledged was committed in T or before, and is covered by the commit index once that has reached an
 * entry of T (before, it may lag behind what the last leader acknowledged). Ratis' own ways are not used: see the guide.
 *
 * <p>All reads that wait share a round; those that arrive during a round wait for the next. Thread-safe.
 */
final class ReadProbe {
    /** Beyond the time in which every question ends: a round must never stand in the way of all later ones. */
    private static final long LONGEST_ROUND_SECONDS = 5;

    private final GroupView view;
    private final UUID group;
    private final PeerCalls peers;
    private final ShardMetrics metrics;
    private CompletableFuture<Long> running;
    private CompletableFuture<Long> next;

    ReadProbe(GroupView view, UUID group, PeerCalls peers, ShardMetrics metrics) {
        this.metrics = metrics;
        this.view = view;
        this.group = group;
        this.peers = peers;
    }

    /** Completes with the index that must be applied before a read that began before this call may be answered. */
    CompletableFuture<Long> readIndex() {
        CompletableFuture<Long> round;
        synchronized (this) {
            if (running != null) {
                if (next == null) {
                    next = new CompletableFuture<>();
                }
                return next;
            }
            running = new CompletableFuture<>();
            round = running;
        }
        start(Optional.of(round));
        return round;
    }

    /** Rounds that end where they are started, as those of a single voter do, follow each other in a loop and not on the stack. */
    private void start(Optional<CompletableFuture<Long>> first) {
        Optional<CompletableFuture<Long>> round = first;
        while (round.isPresent()) {
            round = run(round.get());
        }
    }

    /** Starts a round; says what to start next if it has ended already. */
    private Optional<CompletableFuture<Long>> run(CompletableFuture<Long> round) {
        long began = System.nanoTime();
        AtomicBoolean passedOn =
                new AtomicBoolean(); // by the end of this method or of the round: the later one goes on
        round.whenComplete((index, failure) -> {
            metrics.probed(System.nanoTime() - began);
            if (!passedOn.compareAndSet(false, true)) {
                start(next());
            }
        });
        round.orTimeout(LONGEST_ROUND_SECONDS, TimeUnit.SECONDS);
        try {
            probe(round);
        } catch (RuntimeException e) {
            round.completeExceptionally(e);
        }
        return passedOn.compareAndSet(false, true) ? Optional.empty() : next();
    }

    private synchronized Optional<CompletableFuture<Long>> next() {
        running = next;
        next = null;
        return Optional.ofNullable(running);
    }

    private void probe(CompletableFuture<Long> round) {
        long term = view.term();
        checkLeads(term);
        long committed = view.committedIndex();
        if (view.termAt(committed) != term) {
            throw new ReadUnavailableException(
                    RejectReason.UNAVAILABLE, "the leader has not committed an entry of its own term yet; try again");
        }
        GroupView.Members members = view.members(); // once: all that follows must be of one configuration
        Votes votes = new Votes(round, term, committed, members.voters());
        votes.add(view.self());
        for (PeerId voter : members.voters().all()) {
            Peer peer = members.peers().get(voter);
            if (voter.equals(view.self())) {
                continue;
            } else if (peer == null) {
                votes.fail(voter);
            } else {
                peers.logState(peer, group, -1).whenComplete((state, failure) -> votes.heard(voter, state, failure));
            }
        }
    }

    private void checkLeads(long term) {
        if (!view.leads() || view.term() != term) {
            throw new ReadUnavailableException(RejectReason.NOT_LEADER, "this replica does not lead (any more)");
        }
    }

    /** Answers of one round. */
    private final class Votes {
        private final CompletableFuture<Long> round;
        private final long term;
        private final long committed;
        private final VoterSets<PeerId> voters;
        private final Set<PeerId> confirmed = new HashSet<>();
        private final Set<PeerId> failed = new HashSet<>();

        Votes(CompletableFuture<Long> round, long term, long committed, VoterSets<PeerId> voters) {
            this.round = round;
            this.term = term;
            this.committed = committed;
            this.voters = voters;
        }

        void heard(PeerId peer, PeerCalls.LogState state, Throwable failure) {
            if (failure == null && state.term() == term) {
                add(peer);
            } else if (failure == null && state.term() > term) {
                round.completeExceptionally(new ReadUnavailableException(
                        RejectReason.NOT_LEADER, peer + " is in term " + state.term() + ", not in " + term));
            } else {
                fail(peer);
            }
        }

        void add(PeerId peer) {
            synchronized (this) {
                confirmed.add(peer);
                if (!voters.isMajority(confirmed)) {
                    return;
                }
            }
            try {
                checkLeads(term);
                round.complete(committed);
            } catch (RuntimeException e) {
                round.completeExceptionally(e);
            }
        }

        private void fail(PeerId peer) {
            synchronized (this) {
                failed.add(peer);
                Set<PeerId> possible = new HashSet<>(voters.all());
                possible.removeAll(failed);
                if (voters.isMajority(possible)) {
                    return;
                }
            }
            round.completeExceptionally(new ReadUnavailableException(
                    RejectReason.UNAVAILABLE, "no majority of the voters answers; without " + failed));
        }
    }
}
