package io.quorate.statemachine.raft;

import io.quorate.topology.ShardId;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a replica leads and campaigns: not while it is parked. What is asked of Ratis goes in the order of the calls, one thing after
 * the other. Thread-safe.
 *
 * <p>A pause leaves a trap behind: the election timeout ends a follower's role all the same ({@code RaftServerImpl.changeToCandidate},
 * 3.3.0), no election begins, and none does after the pause, since only a follower's timeout begins one. Unless another replica comes
 * to lead, such a candidate waits for ever; it is opened anew.
 */
final class Candidacy {
    /** What Ratis does about the elections of a group; futures fail with what it says. */
    interface Elections {
        CompletableFuture<?> pause();

        CompletableFuture<?> resume();

        /** If it leads. */
        void stepDown();

        boolean isCandidate();
    }

    private static final Logger log = LoggerFactory.getLogger(Candidacy.class);

    private final ShardId shard;
    private final Elections elections;
    private final Executor worker;
    private final Executor anElectionLater;
    private final Runnable reopen;
    private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

    /**
     * @param worker where Ratis is asked: not where its own threads tell of something
     * @param anElectionLater runs what it is given after the longest election timeout
     * @param reopen has the group opened anew
     */
    Candidacy(ShardId shard, Elections elections, Executor worker, Executor anElectionLater, Runnable reopen) {
        this.shard = shard;
        this.elections = elections;
        this.worker = worker;
        this.anElectionLater = anElectionLater;
        this.reopen = reopen;
    }

    /** Campaigns no more, and steps down if it leads. Until {@link #campaignAgain} or until the group is opened again. */
    synchronized void abdicate() {
        last = last.thenComposeAsync(before -> elections.pause(), worker).handle((done, failure) -> {
            if (failure != null) {
                log.warn("[{}] cannot be kept from campaigning", shard, failure);
            }
            elections.stepDown();
            return null;
        });
    }

    /** Undoes {@link #abdicate}. */
    synchronized void campaignAgain() {
        last = last.thenComposeAsync(before -> elections.resume(), worker).handle((done, failure) -> {
            if (failure != null) {
                log.warn("[{}] cannot campaign again until a restart", shard, failure);
            } else if (elections.isCandidate()) {
                anElectionLater.execute(this::reopenIfStillCandidate);
            }
            return null;
        });
    }

    private void reopenIfStillCandidate() {
        if (elections.isCandidate()) {
            log.warn("[{}] became a candidate while it must not campaign, and is one for ever: opened anew", shard);
            reopen.run();
        }
    }
}
