package io.quorate.cli.node;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.quorum.VoterSets;
import io.quorate.wal.log.LogStatus;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands one shard to a voter that stays; ends without that once this node and those who stay are no majority, since nobody could take
 * over then. Thread-safe.
 */
final class HandOver {
    private static final Logger log = LoggerFactory.getLogger(HandOver.class);

    private final HostedShard shard;
    private final Duration timeout;
    private final VoterSets<PeerId> voters;
    private final PeerId self;
    private final List<Peer> others;
    private final CompletableFuture<Boolean> done = new CompletableFuture<>();
    /** Guarded by this, like what follows. */
    private boolean looking;

    private boolean begun;

    /** @param shard led by this node */
    HandOver(HostedShard shard, Duration timeout) {
        this.shard = shard;
        this.timeout = timeout;
        LogStatus status = shard.status();
        this.self = status.self();
        this.others = status.peers().stream()
                .filter(peer -> peer.role().votes() && !peer.id().equals(self))
                .toList();
        this.voters = VoterSets.of(withSelf(others));
    }

    private Set<PeerId> withSelf(List<Peer> peers) {
        Set<PeerId> ids = new HashSet<>(Set.of(self));
        peers.forEach(peer -> ids.add(peer.id()));
        return ids;
    }

    /** Voters among some peers that hold data: who could lead. */
    private static List<Peer> successors(List<Peer> peers) {
        return peers.stream().filter(peer -> peer.role().holdsData()).toList();
    }

    boolean hasSuccessors() {
        return !successors(others).isEmpty();
    }

    /** Whether nothing that was accepted waits for its answer. */
    boolean isIdle() {
        return shard.isIdle();
    }

    /** True once the shard was handed over, false once it is clear that it will not be. Never fails. */
    CompletableFuture<Boolean> done() {
        return done;
    }

    /** Asks the other voters whether they stay, unless that is under way. */
    void look(Function<Peer, CompletableFuture<Boolean>> stays) {
        synchronized (this) {
            if (looking) {
                return;
            }
            looking = true;
        }
        List<CompletableFuture<Boolean>> answers = others.stream().map(stays).toList();
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenRun(() -> decide(IntStream.range(0, others.size())
                        .filter(i -> answers.get(i).join())
                        .mapToObj(others::get)
                        .toList()))
                .whenComplete((nothing, failure) -> {
                    if (failure != null) {
                        end(false, failure);
                    }
                });
    }

    /** A shard that is being closed, for example, fails: nobody is to wait for it. */
    private void end(Boolean handedOver, Throwable failure) {
        if (failure != null) {
            log.warn("[{}] cannot be handed over", shard.descriptor().shard(), failure);
        }
        done.complete(failure == null && handedOver);
    }

    private void decide(List<Peer> staying) {
        boolean possible =
                voters.isMajority(withSelf(staying)) && !successors(staying).isEmpty();
        boolean begins;
        synchronized (this) {
            looking = false;
            begins = possible && !begun;
            begun |= begins;
        }
        if (begins) {
            CompletableFuture.completedFuture(successors(staying))
                    .thenCompose(this::to)
                    .whenComplete(this::end);
        } else if (!possible && done.complete(false)) {
            log.info(
                    "[{}] nobody to hand over to: of its {} other voters {} stay",
                    shard.descriptor().shard(),
                    others.size(),
                    staying.size());
        }
    }

    /** To the first of them that takes over: one may be down. */
    private CompletableFuture<Boolean> to(List<Peer> successors) {
        return to(successors.get(0))
                .thenCompose(handedOver ->
                        handedOver || successors.size() == 1 || !shard.status().leads()
                                ? CompletableFuture.completedFuture(handedOver)
                                : to(successors.subList(1, successors.size())));
    }

    private CompletableFuture<Boolean> to(Peer peer) {
        String name = shard.descriptor().shard().value();
        return shard.membership().transferLeadership(peer.id(), timeout).handle((nothing, failure) -> {
            if (failure == null) {
                log.info("[{}] handed over to {}", name, peer.id().node());
            } else {
                log.warn("[{}] not handed over to {}: {}", name, peer.id().node(), failure.getMessage());
            }
            return failure == null;
        });
    }
}
