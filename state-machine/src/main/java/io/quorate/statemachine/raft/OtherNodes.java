package io.quorate.statemachine.raft;

import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other nodes of this node's shards: whether their processes run, whether they can be reached, and that those who can be reached
 * again are talked to at once. Thread-safe.
 */
final class OtherNodes implements NodeWatch {
    private static final Logger log = LoggerFactory.getLogger(OtherNodes.class);
    /** Between two signs of life. */
    private static final long LOOK_MILLIS = 1_000;
    /** Between two looks for connections that no shard needs any more. */
    private static final long RETAIN_SECONDS = 60;
    /**
     * Longer than an answer to a part of a snapshot takes: where a leader was answered within it, its connections work, however slow the
     * network is, and are not to be broken in the middle of a transfer.
     */
    private static final Duration WORKS = Duration.ofSeconds(10);

    private final String self;
    private final GrpcPeerCalls calls;
    private final RatisConnections ratis;
    private final Shards shards;
    private final Executor workers;
    private final PeerLinks links;

    /** The shards of this node, for whose sake others are looked at. */
    interface Shards {
        /** Members of all of them but this node. */
        Set<Peer> otherPeers();

        /** True if one that is led here has been answered by a peer within a time. */
        boolean hears(PeerId peer, Duration within);

        /** The process at an address has ended; does not block. */
        void nodeGone(String address);
    }

    /**
     * Looks at nobody until {@link #start}.
     *
     * @param self this node, for the log
     * @param workers where connections are made anew
     */
    OtherNodes(String self, GrpcPeerCalls calls, RatisConnections ratis, Shards shards, Executor workers) {
        this.self = self;
        this.calls = calls;
        this.ratis = ratis;
        this.shards = shards;
        this.workers = workers;
        this.links = new PeerLinks(this::addresses, calls::stays, calls::renew, this::reachedAgain);
    }

    void start(ScheduledExecutorService scheduler) {
        String look = "[" + self + "] the look through connections to other nodes";
        PeriodicWork.start(scheduler, look, links::look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        PeriodicWork.start(scheduler, look, () -> calls.retain(addresses()), RETAIN_SECONDS, TimeUnit.SECONDS);
    }

    private void safely(Runnable look) {
        try {
            look.run();
        } catch (RuntimeException e) {
            log.warn("[{}] connections to other nodes cannot be looked through; tried again", self, e);
        }
    }

    private Set<String> addresses() {
        return shards.otherPeers().stream().map(Peer::address).collect(Collectors.toSet());
    }

    @Override
    public void watch(String address) {
        calls.watch(address, () -> shards.nodeGone(address));
    }

    @Override
    public boolean isGone(String address) {
        return calls.isGone(address);
    }

    /** Asks a node whether it goes on serving: false if it is about to stop, failed if it does not answer within a second. */
    CompletableFuture<Boolean> stays(String address) {
        return calls.stays(address);
    }

    private void reachedAgain(String address) {
        List<PeerId> there = shards.otherPeers().stream()
                .filter(peer -> peer.address().equals(address))
                .map(Peer::id)
                .toList();
        log.info("[{}] {} can be reached again", self, there);
        List<PeerId> lost =
                there.stream().filter(peer -> !shards.hears(peer, WORKS)).toList();
        try {
            workers.execute(() -> safely(() -> lost.forEach(ratis::renew)));
        } catch (RejectedExecutionException closed) {
            log.debug("[{}] the host is closed", self, closed);
        }
    }
}
