package io.quorate.statemachine.raft;

import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.LeaderDurable;
import io.quorate.wal.log.WriteConcern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Answers appends whose concern is not MAJORITY. ALL and QUORUM(n): after the commit, asks each voter by name whether the entry is
 * on its disk. ONE: before the commit, looks whether the leader's own disk has it.
 *
 * <p>A voter is asked one question at a time, however many appends wait: if it has the entry of some index and term, it has all before it
 * (log matching), so one answer serves all of them as far as its disk has come. A voter that says nothing new is asked less and less
 * often.
 *
 * <p>Thread-safe. Waits end with the appends' deadlines, so what waits is bounded by admission.
 */
final class ConcernWaiter {
    private static final long SHORTEST_PAUSE_MILLIS = 3;
    private static final long LONGEST_PAUSE_MILLIS = 100;
    private static final long LOOK_AGAIN_MICROS = 100;

    /** A committed append that waits for more voters. */
    record Wide(PendingAppend append, Committed committed) {
        Committed committed(Set<String> missing) {
            return new Committed(committed.lsn(), committed.result(), missing);
        }
    }

    /** What one voter is being asked; guarded by the object around. */
    private static final class Question {
        /** From when it is sent until the voter may be asked again. */
        private boolean open;

        private long flushed = -1;
        private long pauseMillis = SHORTEST_PAUSE_MILLIS;
    }

    private final GroupView view;
    private final UUID group;
    private final PeerCalls peers;
    private final ScheduledExecutorService scheduler;
    /** What waits, by index. Guarded by this, with all in it. */
    private final TreeMap<Long, Round> rounds = new TreeMap<>();
    /** Voters that somebody waits for. Guarded by this. */
    private final Map<PeerId, Question> questions = new HashMap<>();

    private boolean closed;

    ConcernWaiter(GroupView view, UUID group, PeerCalls peers, ScheduledExecutorService scheduler) {
        this.view = view;
        this.group = group;
        this.peers = peers;
        this.scheduler = scheduler;
    }

    /** Answers each append once enough voters have the entry at (term, index), or at its deadline with those missing. */
    void awaitVoters(long term, long index, List<Wide> appends) {
        Round round;
        try {
            round = new Round(term, index, view.members(), new ArrayList<>(appends));
        } catch (GroupClosedException e) {
            // the group is gone from this node, and nobody can be asked: committed, and no voter is known to have it
            appends.forEach(wide ->
                    wide.append().answer(wide.committed(Set.of(view.self().toString()))));
            return;
        }
        boolean ending;
        synchronized (this) {
            ending = closed;
            rounds.put(index, round);
        }
        settle(List.of(round), ending);
        if (!ending) {
            round.members.voters().all().forEach(this::ask);
        }
    }

    /** Answers what is past its deadline: called every few milliseconds. */
    void expire(long nowNanos) {
        List<Round> late;
        synchronized (this) {
            late = rounds.values().stream()
                    .filter(round -> round.waiting.stream()
                            .anyMatch(wide -> wide.append().isExpired(nowNanos)))
                    .toList();
        }
        settle(late, false);
    }

    /** Answers all that wait: what they wait for is committed, and those not heard of are named. */
    void close() {
        List<Round> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(rounds.values());
        }
        settle(all, true);
    }

    /** Asks a voter, unless it is being asked or nobody waits for it. */
    private void ask(PeerId voter) {
        Question question;
        Round target;
        synchronized (this) {
            question = questions.computeIfAbsent(voter, unused -> new Question());
            if (question.open) {
                return;
            }
            target = target(voter, question.flushed);
            if (target == null) {
                questions.remove(voter);
                return;
            }
            question.open = true;
        }
        CompletableFuture<PeerCalls.LogState> answer;
        try {
            answer = send(voter, target);
        } catch (RuntimeException closedMeanwhile) {
            close(); // the group or its log, for good: this object serves one life of it
            return;
        }
        answer.whenComplete((state, failure) -> heard(voter, question, target, state));
    }

    /** The last entry that is on the voter's disk as far as is known, else the first that anybody waits for. */
    private Round target(PeerId voter, long flushed) {
        Round first = null;
        Round last = null;
        for (Round round : rounds.values()) {
            if (round.awaits(voter) && (first == null || round.index <= flushed)) {
                first = first == null ? round : first;
                last = round;
            }
        }
        return last;
    }

    private CompletableFuture<PeerCalls.LogState> send(PeerId voter, Round target) {
        if (voter.equals(view.self())) {
            // the commit may have been that of the others: this leader's own disk counts only once it has the entry
            return CompletableFuture.completedFuture(view.logState(target.index));
        }
        Peer peer = target.members.peers().get(voter);
        if (peer == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("no address of " + voter));
        }
        try {
            return peers.logState(peer, group, target.index);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void heard(PeerId voter, Question question, Round target, PeerCalls.LogState state) {
        List<Round> heard = new ArrayList<>(0);
        long pauseMillis;
        synchronized (this) {
            if (state != null) {
                question.flushed = state.flushedIndex();
            }
            if (state != null && (state.termAtIndex() == target.term || state.termAtIndex() == PeerCalls.PURGED)) {
                long reached = Math.min(target.index, state.flushedIndex());
                for (Round round : rounds.headMap(reached, true).values()) {
                    if (round.awaits(voter) && round.acknowledged.add(voter)) {
                        heard.add(round);
                    }
                }
            }
            pauseMillis = question.pauseMillis;
            question.open = heard.isEmpty();
            question.pauseMillis =
                    heard.isEmpty() ? Math.min(LONGEST_PAUSE_MILLIS, 2 * pauseMillis) : SHORTEST_PAUSE_MILLIS;
        }
        settle(heard, false);
        if (heard.isEmpty()) {
            askAgain(voter, question, pauseMillis);
        } else {
            ask(voter);
        }
    }

    private void askAgain(PeerId voter, Question question, long pauseMillis) {
        try {
            scheduler.schedule(
                    () -> {
                        synchronized (this) {
                            question.open = false;
                        }
                        ask(voter);
                    },
                    pauseMillis,
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            close(); // the node closes
        }
    }

    /** @param ending true to answer all, whoever is missing */
    private void settle(List<Round> some, boolean ending) {
        long now = System.nanoTime();
        some.forEach(round -> round.settle(ending, now));
    }

    /** The appends of one entry; guarded by the object around. */
    private final class Round {
        private final long term;
        private final long index;
        private final GroupView.Members members;
        private final List<Wide> waiting;
        private final Set<PeerId> acknowledged = new HashSet<>();

        Round(long term, long index, GroupView.Members members, List<Wide> waiting) {
            this.term = term;
            this.index = index;
            this.members = members;
            this.waiting = waiting;
        }

        boolean awaits(PeerId voter) {
            boolean votes = members.voters().current().contains(voter)
                    || members.voters().previous().contains(voter);
            return votes && !acknowledged.contains(voter);
        }

        void settle(boolean ending, long now) {
            List<Wide> done = new ArrayList<>();
            List<Wide> late = new ArrayList<>();
            Set<String> missing;
            synchronized (ConcernWaiter.this) {
                for (Wide wide : waiting) {
                    if (isMet(wide.append().concern())) {
                        done.add(wide);
                    } else if (ending || wide.append().isExpired(now)) {
                        late.add(wide);
                    }
                }
                waiting.removeAll(done);
                waiting.removeAll(late);
                if (waiting.isEmpty()) {
                    rounds.remove(index, this);
                }
                missing = members.voters().missing(acknowledged).stream()
                        .map(PeerId::toString)
                        .collect(Collectors.toSet());
            }
            done.forEach(wide -> wide.append().answer(wide.committed()));
            late.forEach(wide -> wide.append().answer(wide.committed(missing)));
        }

        private boolean isMet(WriteConcern concern) {
            if (concern instanceof WriteConcern.Quorum quorum) {
                int voters = members.voters().current().size();
                return members.voters().isQuorum(acknowledged, Math.min(quorum.n(), voters));
            }
            return members.voters().missing(acknowledged).isEmpty();
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
