package io.quorate.statemachine.raft;

import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Campaigns at once when the leader's process has ended, instead of after the election timeout. An election is safe at any time;
 * that a majority of the voters has lost the leader (a broken connection, and the next one refused) makes it worth while: one voter
 * with a broken link of its own deposes nobody, and no election could be won without such a majority anyway. Voters take turns in
 * the order of their ids, so that they do not split the vote; if it comes to nothing, the election timeout is still there.
 */
final class Succession {
    private static final Logger log = LoggerFactory.getLogger(Succession.class);
    /** Between two voters: an election takes a few fsyncs and round trips. */
    private static final long TURN_MILLIS = 150;
    /** Others may learn of it a little later: they are asked again until the election timeout is near. */
    private static final long ASK_AGAIN_MILLIS = 20;

    private static final int TIMES = 10;

    private final GroupView view;
    private final UUID group;
    private final PeerCalls peers;
    private final NodeExecutors executors;
    private final Predicate<String> gone;
    private final Consumer<PeerId> campaign;

    /**
     * @param gone whether the port at an address takes no connection
     * @param campaign begins an election against a leader; may block
     */
    Succession(
            GroupView view,
            UUID group,
            PeerCalls peers,
            NodeExecutors executors,
            Predicate<String> gone,
            Consumer<PeerId> campaign) {
        this.view = view;
        this.group = group;
        this.peers = peers;
        this.executors = executors;
        this.gone = gone;
        this.campaign = campaign;
    }

    /**
     * What this voter answers to another that has lost the leader of a term. One that has not heard of any leader in that term, since it
     * was started a moment ago, loses none: were it to say no, two voters of three would wait for the election timeout.
     */
    boolean agrees(long term) {
        return view.term() == term
                && view.leader().map(Peer::address).map(gone::test).orElse(true);
    }

    /** Called by any thread; does not block. */
    void nodeGone(String address) {
        work(() -> takeTurn(address));
    }

    private void work(Runnable task) {
        try {
            executors.workers().execute(() -> {
                try {
                    task.run();
                } catch (GroupClosedException closed) {
                    log.debug("[{}] nobody succeeds here", group, closed);
                }
            });
        } catch (RejectedExecutionException closed) {
            log.debug("[{}] the host is closed", group, closed);
        }
    }

    private void later(long millis, Runnable task) {
        try {
            executors.scheduler().schedule(() -> work(task), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            log.debug("[{}] the host is closed", group, closed);
        }
    }

    private void takeTurn(String address) {
        Optional<Peer> dead = view.leader().filter(leader -> leader.address().equals(address));
        if (dead.isEmpty()) {
            return;
        }
        PeerId leader = dead.get().id();
        List<PeerId> heirs = view.members().voters().all().stream()
                .filter(id -> !id.equals(leader))
                .sorted(Comparator.comparing(PeerId::toString))
                .toList();
        int turn = heirs.indexOf(view.self());
        if (turn >= 0) {
            Agreement agreement = new Agreement(leader, view.term());
            later(turn * TURN_MILLIS, () -> agreement.ask(TIMES));
        }
    }

    /** Whether the others have lost the leader, too. */
    private final class Agreement {
        private final PeerId leader;
        private final long term;
        private final Set<PeerId> agreed = ConcurrentHashMap.newKeySet();
        private final AtomicBoolean begun = new AtomicBoolean();

        Agreement(PeerId leader, long term) {
            this.leader = leader;
            this.term = term;
        }

        void ask(int times) {
            boolean still = view.leader().map(Peer::id).filter(leader::equals).isPresent();
            if (!still || view.term() != term || begun.get()) {
                return;
            }
            GroupView.Members members = view.members();
            agree(members, view.self());
            for (PeerId voter : members.voters().all()) {
                Peer peer = members.peers().get(voter);
                if (peer != null && !voter.equals(leader) && !agreed.contains(voter)) {
                    peers.leaderGone(peer, group, term).thenAccept(gone -> {
                        if (gone) {
                            agree(members, voter);
                        }
                    });
                }
            }
            if (times > 1) {
                later(ASK_AGAIN_MILLIS, () -> ask(times - 1));
            }
        }

        private void agree(GroupView.Members members, PeerId voter) {
            agreed.add(voter);
            if (members.voters().isMajority(agreed) && begun.compareAndSet(false, true)) {
                work(() -> campaign.accept(leader));
            }
        }
    }
}
